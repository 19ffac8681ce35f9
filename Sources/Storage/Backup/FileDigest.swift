internal import CLinux
internal import Core
internal import Crypto
internal import EventLoop
internal import Glibc

/// SHA-256 of files of any size.
enum FileDigest {
    private static let blockSize = 1 << 20

    /// 64 hexadecimal digits.
    ///
    /// - Parameter copy: a file that exists and gets what is read, so that what was copied is what was checked.
    static func sha256(of path: String, copyingTo copy: String? = nil) throws(SystemCallError) -> String {
        let source = try systemCall("open") { unsafe brook_open(path, O_RDONLY, 0) }
        defer { close(source) }
        var sink: CInt?
        if let copy { sink = try systemCall("open") { unsafe brook_open(copy, O_WRONLY | O_TRUNC, 0) } }
        defer { if let sink { close(sink) } }
        var digest = SHA256()
        var block = [UInt8](repeating: 0, count: blockSize)
        while true {
            let count = try systemCall("read") {
                unsafe block.withUnsafeMutableBytes { unsafe read(source, $0.baseAddress, $0.count) }
            }
            if count == 0 { break }
            digest.update(data: block[..<count])
            if let sink { try write(block, count, to: sink) }
        }
        return Hexadecimal.text(Array(digest.finalize()))
    }

    private static func write(_ block: [UInt8], _ count: Int, to sink: CInt) throws(SystemCallError) {
        var written = 0
        while written < count {
            written += try systemCall("write") {
                unsafe block.withUnsafeBytes {
                    unsafe Glibc.write(sink, $0.baseAddress?.advanced(by: written), count - written)
                }
            }
        }
    }
}

internal import CLinux
internal import EventLoop
internal import Glibc

/// Whole small files: the key file, and what `/proc` tells. For start-up and the storage threads, not for the loop.
enum SmallFile {
    static func read(_ path: String, limit: Int = 4096) throws(SystemCallError) -> [UInt8] {
        let descriptor = try systemCall("open") { unsafe brook_open(path, O_RDONLY, 0) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let read = try systemCall("read") {
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), limit - count)
                }
            }
            if read == 0 { break }
            count += read
        }
        return [UInt8](bytes[..<count])
    }

    /// Makes the file with its whole content, or not at all, on disk before it answers; mode 0600.
    ///
    /// - Returns: false when a file of that name exists already; it is left as it is.
    static func create(_ path: String, _ bytes: [UInt8]) throws(SystemCallError) -> Bool {
        let draft = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max))"
        let descriptor = try systemCall("open") { unsafe brook_open(draft, O_WRONLY | O_CREAT | O_EXCL, 0o600) }
        defer {
            close(descriptor)
            unsafe unlink(draft)
        }
        var written = 0
        while written < bytes.count {
            written += try systemCall("write") {
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe write(descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
                }
            }
        }
        try systemCall("fsync") { fsync(descriptor) }
        // Unlike rename, link never replaces what another worker has made meanwhile.
        do {
            try systemCall("link") { unsafe link(draft, path) }
        } catch {
            if error.code == EEXIST { return false }
            throw error
        }
        try syncFolder(of: path)
        return true
    }

    /// Makes names that were given or taken in the file's folder durable.
    static func syncFolder(of path: String) throws(SystemCallError) {
        let folder = try systemCall("open") { unsafe brook_open(Self.folder(of: path), O_RDONLY | O_DIRECTORY, 0) }
        defer { close(folder) }
        try systemCall("fsync") { fsync(folder) }
    }

    /// The folder that holds the file; `.` for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

internal import Glibc

/// Lines to the process's standard streams, each with one `write(2)`.
///
/// glibc's `stdout` and `stderr` are mutable globals, which Swift 6 does not let through; and a line that is written in one
/// piece to a file opened for appending is never mixed with another worker's.
enum StandardError {
    static func write(line: String) { write(Array((line + "\n").utf8)) }

    static func write(_ bytes: [UInt8]) { Descriptor.write(bytes, to: 2) }
}

/// See ``StandardError``.
enum StandardOutput {
    static func write(line: String) { Descriptor.write(Array((line + "\n").utf8), to: 1) }
}

private enum Descriptor {
    /// A short write (a signal, a full pipe) is continued; an error is nobody's to tell.
    static func write(_ bytes: [UInt8], to descriptor: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}

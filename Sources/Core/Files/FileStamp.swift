internal import Glibc

/// What tells one version of a file from another: which file it is, its size and its time of change.
package struct FileStamp: Sendable, Equatable {
    private let device: UInt64
    private let number: UInt64
    private let modifiedSeconds: Int
    private let modifiedNanoseconds: Int
    /// Bytes.
    package let size: Int

    /// Follows symbolic links. Nil when there is no such file, or it may not be looked at. Blocks.
    package init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        modifiedSeconds = status.st_mtim.tv_sec
        modifiedNanoseconds = status.st_mtim.tv_nsec
        size = Int(status.st_size)
    }
}

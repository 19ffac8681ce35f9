internal import EventLoop
internal import Glibc

/// Which file stands at a path now. A database that was moved away or restored from a backup is another one, although
/// descriptors that are open go on working on the old.
struct FileIdentity: Equatable {
    let device: UInt64
    let number: UInt64
    /// Permission bits.
    let mode: UInt32
    let isFolder: Bool
    let owner: UInt32
    let group: UInt32
    /// In bytes.
    let size: Int

    init(path: String) throws(SystemCallError) {
        var status = stat()
        let result = unsafe stat(path, &status)
        if result != 0 { throw SystemCallError(lastErrorOf: "stat") }
        self.init(status)
    }

    init(descriptor: CInt) throws(SystemCallError) {
        var status = stat()
        let result = unsafe fstat(descriptor, &status)
        if result != 0 { throw SystemCallError(lastErrorOf: "fstat") }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        mode = status.st_mode & 0o7777
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        owner = status.st_uid
        group = status.st_gid
        size = Int(status.st_size)
    }

    func isSameFile(as other: FileIdentity) -> Bool { device == other.device && number == other.number }
}

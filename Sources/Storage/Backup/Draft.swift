internal import CLinux
internal import EventLoop
internal import Glibc

/// A file that is made beside the place where it will stand, under a name of its own and with mode 0600, and takes its
/// place when it is whole and on the disk. What does not get that far is removed.
final class Draft {
    /// What becomes of a file that stands in the place already.
    enum Existing {
        /// It stays, and publishing fails with `EEXIST`.
        case keep
        case replace
    }

    let path: String
    let destination: String
    private var isPublished = false

    init(for destination: String) throws(SystemCallError) {
        self.destination = destination
        path = "\(destination).partial-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let draft = path
        close(try systemCall("open") { unsafe brook_open(draft, O_WRONLY | O_CREAT | O_EXCL, 0o600) })
    }

    convenience init(for destination: String, content: [UInt8]) throws(SystemCallError) {
        self.init(prepared: destination)
        guard try SmallFile.create(path, content) else { throw SystemCallError("link", code: EEXIST) }
    }

    private init(prepared destination: String) {
        self.destination = destination
        path = "\(destination).partial-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    }

    deinit {
        // SQLite leaves these when it could not end its work; under the draft's name nobody else needs them.
        for suffix in ["-wal", "-shm", "-journal"] { unsafe unlink(path + suffix) }
        if !isPublished { unsafe unlink(path) }
    }

    func publish(_ existing: Existing) throws(SystemCallError) {
        let descriptor = try systemCall("open") { unsafe brook_open(path, O_RDONLY, 0) }
        defer { close(descriptor) }
        try systemCall("fsync") { fsync(descriptor) }
        switch existing {
        case .replace:
            try systemCall("rename") { unsafe rename(path, destination) }
            isPublished = true
        case .keep:
            // Unlike rename, link never replaces what somebody has put there meanwhile.
            try systemCall("link") { unsafe link(path, destination) }
            isPublished = true
            unsafe unlink(path)
        }
        try SmallFile.syncFolder(of: destination)
    }
}

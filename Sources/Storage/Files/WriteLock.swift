internal import CLinux
internal import EventLoop
internal import Glibc

/// The queue of the processes that want to write: `flock` on a file beside the database.
///
/// SQLite's own waiting is polling with growing pauses, under which one of several busy writers starves; the kernel
/// serves waiters of a file lock in turn. Used by one thread at a time.
final class WriteLock {
    private let path: String
    private var descriptor: CInt = -1

    init(database: String) { path = database + ".lock" }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func holding<Value>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        do { try acquire() } catch {
            throw .unavailable("the lock file \(path): \(error)")
        }
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }

    /// Someone may have removed or replaced the file meanwhile, and others lock the one that stands at the path now.
    private func acquire() throws(SystemCallError) {
        while true {
            if descriptor < 0 {
                descriptor = try systemCall("open") { unsafe brook_open(path, O_RDWR | O_CREAT, 0o600) }
            }
            try systemCall("flock") { flock(descriptor, LOCK_EX) }
            let held = try FileIdentity(descriptor: descriptor)
            if let standing = try? FileIdentity(path: path), standing.isSameFile(as: held) { return }
            // Closing releases it.
            close(descriptor)
            descriptor = -1
        }
    }
}

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

    private func acquire() throws(SystemCallError) {
        if descriptor >= 0 {
            if try LockFile.relock(descriptor, path) { return }
            // Closing releases it.
            close(descriptor)
            descriptor = -1
        }
        descriptor = try LockFile.lock(path)
    }
}

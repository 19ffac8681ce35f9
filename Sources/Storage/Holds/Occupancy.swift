internal import Core
internal import EventLoop
internal import Glibc

/// Keeps workers from starting on a database while it lives, and tells how many work on it already.
///
/// Every process that works on the database has a lock on a byte of the file of ``SharedHolds`` (see ``SharedFile``), and
/// takes the file's `flock` to get it. The kernel drops both however a process dies, so nothing here is ever stale.
final class Occupancy {
    private let path: String
    private let descriptor: CInt
    /// Processes that have the database open.
    let processes: Int

    init(database: String) throws(SystemCallError) {
        path = database + ".holds"
        descriptor = try LockFile.lock(path)
        processes = SharedFile.livingBlocks(ofFile: descriptor, HoldLayout.file).count
    }

    deinit { close(descriptor) }

    /// Takes the file away, which says nothing of use once nobody has the database open. Who waits for the lock makes a
    /// new one.
    func removeFile() { unsafe unlink(path) }
}

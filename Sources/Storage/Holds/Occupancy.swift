internal import Core
internal import EventLoop
internal import Glibc

/// Keeps workers from starting on a database while it lives, and tells how many work on it already.
///
/// Every process that works on the database has a lock on a byte of a file of ``SharedHolds`` (see ``SharedFile``), of
/// which each layout has one, and takes the file's `flock` to get it. The kernel drops both however a process dies, so
/// nothing here is ever stale.
final class Occupancy {
    private let paths: [String]
    private var descriptors: [CInt] = []
    /// Processes that have the database open.
    let processes: Int

    init(database: String) throws(SystemCallError) {
        let path = SharedHolds.path(of: database)
        // In one order, whichever version's program this is.
        paths = Set(SharedFile.paths(ofAllLayoutsAt: path) + [SharedFile.path(path, HoldLayout.file)]).sorted()
        var locked: [CInt] = []
        do throws(SystemCallError) {
            for path in paths { locked.append(try LockFile.lock(path)) }
        } catch {
            locked.forEach { close($0) }
            throw error
        }
        descriptors = locked
        processes = locked.reduce(0) { $0 + SharedFile.processes(ofFile: $1) }
    }

    deinit { descriptors.forEach { close($0) } }

    /// Takes the files away, which say nothing of use once nobody has the database open. Who waits for the lock makes a
    /// new one.
    func removeFiles() {
        for path in paths { unsafe unlink(path) }
    }
}

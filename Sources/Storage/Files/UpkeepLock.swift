internal import CLinux
internal import EventLoop
internal import Glibc

/// Makes one of the processes the one that does what only one need do: `flock` on a file beside the database, kept until
/// the process ends. Then another one gets it. Used by one thread at a time.
final class UpkeepLock {
    private let path: String
    private var descriptor: CInt = -1

    init(database: String) { path = database + ".upkeep" }

    deinit { release() }

    /// Whether this process is the one, now or already before. Does not wait.
    func isHeld() -> Bool {
        if descriptor >= 0 {
            if let held = try? FileIdentity(descriptor: descriptor), let standing = try? FileIdentity(path: path),
                standing.isSameFile(as: held)
            {
                return true
            }
            release()
        }
        let opened = unsafe brook_open(path, O_RDWR | O_CREAT, 0o600)
        guard opened >= 0 else { return false }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            return false
        }
        descriptor = opened
        return true
    }

    func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

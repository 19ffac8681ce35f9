internal import CLinux
internal import EventLoop
internal import Glibc

/// A file whose `flock` orders processes.
enum LockFile {
    /// Opens the file, made when missing, and waits for its lock, which ends when the descriptor is closed.
    ///
    /// Someone may remove or replace the file meanwhile; then the one that stands at the path is locked, as the others do.
    static func lock(_ path: String) throws(SystemCallError) -> CInt {
        while true {
            let descriptor = try systemCall("open") { unsafe brook_open(path, O_RDWR | O_CREAT, 0o600) }
            do throws(SystemCallError) {
                if try relock(descriptor, path) { return descriptor }
            } catch {
                close(descriptor)
                throw error
            }
            close(descriptor)
        }
    }

    /// Waits for the lock on an open file; false when that is no longer the file at the path.
    static func relock(_ descriptor: CInt, _ path: String) throws(SystemCallError) -> Bool {
        try systemCall("flock") { flock(descriptor, LOCK_EX) }
        let held = try FileIdentity(descriptor: descriptor)
        guard let standing = try? FileIdentity(path: path) else { return false }
        return standing.isSameFile(as: held)
    }
}

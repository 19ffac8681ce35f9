internal import CLinux
internal import EventLoop
internal import Glibc

/// A new file for one key, mode 0600 from its first moment.
struct KeyFile {
    let path: String
    private let descriptor: CInt

    /// Refuses a path where something stands already, a link included.
    init(creating path: String) throws(CommandFailure) {
        self.path = path
        do {
            descriptor = try systemCall("open") { unsafe brook_open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600) }
        } catch {
            let remedy =
                error.code == EEXIST
                ? "move it away or name another file" : "name a file in a folder that you may write to"
            throw CommandFailure("cannot make \(path), \(error): \(remedy)", code: .cannotCreate)
        }
    }

    /// Writes the key and a newline, to the disk, and closes the file.
    func finish(_ key: String) throws(CommandFailure) {
        let bytes = Array((key + "\n").utf8)
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(descriptor) == 0 else {
            let error = SystemCallError(lastErrorOf: "write")
            throw CommandFailure("cannot write \(path), \(error): make room, then try again", code: .cannotCreate)
        }
        close(descriptor)
    }

    /// Removes the file again, because there will be no key in it.
    func discard() {
        close(descriptor)
        _ = unsafe unlink(path)
    }
}

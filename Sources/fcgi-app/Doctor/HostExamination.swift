internal import CLinux
internal import Doctor
internal import FoundationEssentials
internal import Settings

/// What can be told of the host without opening the database.
enum HostExamination {
    private static let leastDescriptors = 4096
    private static let leastSpace = 256 << 20

    static func findings(_ settings: Settings) -> [Finding] {
        [stateDirectory(settings.stateDirectory), keyFile(settings), space(settings.database), descriptors(), clock()]
            + ["nginx", "spawn-fcgi", "multiwatch"].map(program)
    }

    private static func stateDirectory(_ path: String) -> Finding {
        var isFolder = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists, isFolder else {
            return Finding(.failure, "state folder", "there is no folder \(path): make it, or correct state_dir")
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            return Finding(.failure, "state folder", "\(path) cannot be written: give it to the user that runs brook")
        }
        guard let mode = mode(of: path), mode & 0o007 == 0 else {
            return Finding(.warning, "state folder", "\(path) is open to every user of the host: chmod o-rwx '\(path)'")
        }
        return Finding(.good, "state folder", path)
    }

    private static func keyFile(_ settings: Settings) -> Finding {
        let path = settings.secretKeyFile
        guard FileManager.default.fileExists(atPath: path) else {
            return Finding(.warning, "key file", "\(path) does not exist yet: it is made when the database is opened")
        }
        guard let mode = mode(of: path), mode & 0o077 == 0 else {
            return Finding(.failure, "key file", "\(path) may be read by others: chmod 600 '\(path)'")
        }
        return Finding(.good, "key file", path)
    }

    private static func space(_ database: String) -> Finding {
        let folder = URL(filePath: database).deletingLastPathComponent().path()
        let free = unsafe brook_free_space(folder)
        guard free >= 0 else { return Finding(.warning, "disk", "the free space of \(folder) cannot be told") }
        let text = "\(free >> 20) MB free in \(folder)"
        guard free >= leastSpace else { return Finding(.warning, "disk", text + ": make room before it is full") }
        return Finding(.good, "disk", text)
    }

    private static func descriptors() -> Finding {
        let limit = brook_raise_descriptor_limit()
        guard limit >= leastDescriptors else {
            return Finding(
                .warning, "descriptors",
                "at most \(limit), for half as many streams: raise the hard limit (ulimit -Hn, LimitNOFILE)")
        }
        return Finding(.good, "descriptors", "\(limit), for \(limit / 2) streams a worker")
    }

    private static func clock() -> Finding {
        switch brook_clock_is_synchronized() {
        case 1: Finding(.good, "clock", "kept in time")
        case 0:
            Finding(
                .warning, "clock",
                "nothing keeps it in time, and AWS refuses signatures that are 5 minutes off: apt-get install "
                    + "systemd-timesyncd or chrony (in a container: on its host)")
        default: Finding(.warning, "clock", "whether something keeps it in time cannot be told")
        }
    }

    /// The socket, its folder, and one question to the workers behind it.
    static func socket(_ path: String) -> Finding {
        let isSocket = unsafe brook_is_socket(path)
        guard isSocket >= 0 else {
            return Finding(.failure, "socket", "there is no \(path), or you may not look: start brook, or run as root")
        }
        guard isSocket == 1 else {
            return Finding(.failure, "socket", "\(path) is no socket: remove it and restart brook")
        }
        guard let mode = mode(of: path), mode & 0o002 == 0 else {
            return Finding(.warning, "socket", "every user of the host may talk to \(path): chmod o-w '\(path)'")
        }
        do throws(SocketProbe.Failure) {
            let answer = try SocketProbe(path: path).run()
            guard answer.status == 200 else {
                return Finding(
                    .failure, "socket", "\(path): /readyz answers \(answer.status): look into brook's log")
            }
            return Finding(.good, "socket", "\(path): workers answer")
        } catch {
            return Finding(.failure, "socket", "\(path): \(error.reason)")
        }
    }

    private static func program(_ name: String) -> Finding {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders: [String] = path.split(separator: ":").map { String($0) } + ["/usr/sbin", "/sbin"]
        let found = folders.map { "\($0)/\(name)" }.first { (mode(of: $0) ?? 0) & 0o111 != 0 }
        guard let found else { return Finding(.warning, name, "not found: apt-get install \(name)") }
        return Finding(.good, name, found)
    }

    /// Nil when there is no such file.
    private static func mode(of path: String) -> CInt? {
        let mode = unsafe brook_file_mode(path)
        return mode < 0 ? nil : mode
    }
}

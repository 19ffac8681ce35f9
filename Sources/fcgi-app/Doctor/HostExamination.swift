internal import CLinux
internal import FoundationEssentials
internal import Settings

/// What can be told of the host without opening the database.
enum HostExamination {
    private static let leastDescriptors = 4096
    private static let leastSpace = 256 << 20

    static func findings(_ settings: Settings) -> [Finding] {
        [stateDirectory(settings.stateDirectory), keyFile(settings), space(settings.database), descriptors()]
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

internal import CLinux
internal import Glibc

/// During an upgrade workers with two layouts live beside each other, and either may be started anew. Each layout has a
/// file of its own, `<path>-<layout>`, so that none takes the other's off its path.
extension SharedFile {
    /// No layout has more.
    package static let mostBlocks = 256

    /// The file of the layout, for users of `path`.
    package static func path(_ path: String, _ layout: Layout) -> String {
        "\(path)-\(String(layout.stamp & 0xffff, radix: 16))"
    }

    /// The files of all layouts that there are.
    package static func paths(ofAllLayoutsAt path: String) -> [String] {
        let nameStart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let folder = nameStart == path.startIndex ? "." : String(path[..<nameStart])
        let prefix = path[nameStart...] + "-"
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var paths: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe String(cString: brook_entry_name(entry))
            guard name.hasPrefix(prefix) else { continue }
            let layout = name.dropFirst(prefix.count)
            if (1...4).contains(layout.count), layout.allSatisfy(\.isHexDigit) { paths.append("\(path)-\(layout)") }
        }
        return paths
    }

    /// How many processes have a file of any layout open.
    package static func processes(ofFile descriptor: CInt) -> Int {
        (0..<mostBlocks).count { brook_byte_is_locked(descriptor, lockByte(of: $0)) == 1 }
    }

    /// Takes files of other layouts away that nobody has open: of a version that was replaced.
    static func removeUnused(besides own: String, at path: String) {
        for other in paths(ofAllLayoutsAt: path) where other != own {
            let descriptor = unsafe brook_open(other, O_RDWR, 0)
            guard descriptor >= 0 else { continue }
            // Who opens it just now waits for the lock, and makes another when the file is gone.
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, processes(ofFile: descriptor) == 0 { unsafe unlink(other) }
            close(descriptor)
        }
    }
}

internal import Core

/// The files that make up a backup; all have mode 0600.
struct BackupFiles {
    let database: String
    /// One line as `sha256sum` writes it.
    var checksum: String { database + ".sha256" }
    var secretKey: String { database + ".secret.key" }

    static func exists(_ path: String) -> Bool { (try? FileIdentity(path: path)) != nil }

    /// The digest that the checksum file names; nil when there is none.
    func expectedDigest() -> String? {
        guard let bytes = try? SmallFile.read(checksum), bytes.count >= 64 else { return nil }
        let digits = bytes.prefix(64)
        guard Hexadecimal.bytes(digits) != nil, bytes.count == 64 || bytes[64] == UInt8(ascii: " ") || bytes[64] == 10
        else { return nil }
        return String(decoding: digits, as: UTF8.self).lowercased()
    }

    /// What stands in the checksum file, so that `sha256sum -c` in the folder of the backup reads it.
    func checksumLine(_ digest: String) -> [UInt8] {
        let name = database.utf8.lastIndex(of: UInt8(ascii: "/")).map { database[database.index(after: $0)...] }
        return Array("\(digest)  \(name ?? database[...])\n".utf8)
    }
}

internal import Core
internal import EventLoop
internal import Glibc

/// The file with the key that seals secrets: 32 random bytes as hexadecimal digits, readable by its owner only.
enum SecretKeyFile {
    private static let keySize = 32

    /// Reads the key, or makes one when there is no file. Workers that start together agree on whichever was made first.
    ///
    /// - Parameter database: its path, and whether it has secrets already, for which a new key would be of no use.
    static func load(
        _ path: String, database: String, hasSecrets: Bool
    ) throws(StorageOpenError) -> SecretBox {
        do {
            if try !exists(path) {
                if hasSecrets { throw StorageOpenError.secretKeyMissing(path: path, database: database) }
                var generator = SystemRandomNumberGenerator()
                let key = (0..<keySize).map { _ in UInt8.random(in: 0...UInt8.max, using: &generator) }
                _ = try SmallFile.create(path, Array((Hexadecimal.text(key) + "\n").utf8))
            }
            return try read(path)
        } catch let error as SystemCallError {
            throw .secretKeyUnreadable(path: path, reason: error.description)
        } catch let error as StorageOpenError {
            throw error
        } catch {
            throw .secretKeyUnreadable(path: path, reason: "\(error)")
        }
    }

    private static func exists(_ path: String) throws(SystemCallError) -> Bool {
        do throws(SystemCallError) {
            _ = try FileIdentity(path: path)
            return true
        } catch {
            if error.code == ENOENT { return false }
            throw error
        }
    }

    private static func read(_ path: String) throws -> SecretBox {
        let mode = try FileIdentity(path: path).mode
        guard mode & 0o077 == 0 else {
            throw StorageOpenError.secretKeyMode(path: path, mode: "0" + String(mode, radix: 8))
        }
        var text = try SmallFile.read(path)
        while let last = text.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { text.removeLast() }
        guard let key = Hexadecimal.bytes(text), key.count == keySize else {
            throw StorageOpenError.secretKeyMalformed(path: path)
        }
        return SecretBox(key: key)
    }
}

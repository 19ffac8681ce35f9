package import Core
internal import EventLoop
internal import Glibc

/// Puts a backup in the place of the database.
package struct Restoration: Sendable, Equatable {
    package enum SecretKeys: Sendable, Equatable {
        /// The database has no secrets, or the key file opens them.
        case fit
        /// There is no key file, and the database has secrets that only one can open.
        case missing
        /// The key file is not the one that the database's secrets were sealed with, or cannot be read.
        case different
    }

    /// Of the backup; it is brought to this program's.
    package let schemaBefore: Int
    package let schema: Int
    /// Where the database that stood there is kept, with what its log held.
    package let kept: String?
    package let secretKeys: SecretKeys

    /// Everything that can be wrong with the backup is found on a copy beside the database, before that is touched. Blocks.
    ///
    /// - Parameters:
    ///   - time: for the name under which the old database is kept.
    ///   - evenInUse: whether processes may have the database open.
    ///   - bringsSecretKey: whether `file.secret.key` becomes the key file `secretKey`; another one is never replaced.
    package static func run(
        _ file: String, to database: String, secretKey: String, at time: Timestamp, evenInUse: Bool,
        bringsSecretKey: Bool
    ) throws(BackupError) -> Restoration {
        let copy = try RestoredCopy(of: BackupFiles(database: file), for: database)
        let key = try bringsSecretKey ? keyDraft(BackupFiles(database: file).secretKey, for: secretKey) : nil
        // Keeps workers from starting until the end of this function.
        let occupancy: Occupancy
        do throws(SystemCallError) { occupancy = try Occupancy(database: database) } catch {
            throw BackupError(error, SharedHolds.path(of: database))
        }
        defer { withExtendedLifetime(occupancy) {} }
        guard evenInUse || occupancy.processes == 0 else {
            throw .inUse(database: database, processes: occupancy.processes)
        }
        if let key { try publish(key) }
        let exchange = DatabaseExchange(database: database, at: time)
        let kept = try exchange.run(copy.draft)
        if occupancy.processes == 0 { occupancy.removeFiles() }
        return Restoration(
            schemaBefore: copy.schemaBefore, schema: Schema.current, kept: kept,
            secretKeys: fit(of: secretKey, to: copy.secretKeyIDs, database))
    }

    private static func publish(_ key: Draft) throws(BackupError) {
        do throws(SystemCallError) {
            try DatabaseExchange.handToOwner(of: SmallFile.folder(of: key.destination), key.path)
            try key.publish(.keep)
        } catch { throw BackupError(error, key.destination) }
    }

    /// Nil when the same key stands there already.
    private static func keyDraft(_ path: String, for destination: String) throws(BackupError) -> Draft? {
        let content: [UInt8]
        do throws(SystemCallError) { content = try SmallFile.read(path) } catch {
            throw error.code == ENOENT ? .missing(path: path) : BackupError(error, path)
        }
        if BackupFiles.exists(destination) {
            guard (try? SmallFile.read(destination)) == content else {
                throw .differentSecretKey(path: destination, restored: path)
            }
            return nil
        }
        do throws(SystemCallError) { return try Draft(for: destination, content: content) } catch {
            throw BackupError(error, destination)
        }
    }

    private static func fit(of path: String, to keyIDs: [String], _ database: String) -> SecretKeys {
        if keyIDs.isEmpty { return .fit }
        do throws(StorageOpenError) {
            let box = try SecretKeyFile.load(path, database: database, hasSecrets: true)
            return keyIDs.allSatisfy { $0 == box.keyID } ? .fit : .different
        } catch {
            if case .secretKeyMissing = error { return .missing }
            return .different
        }
    }
}

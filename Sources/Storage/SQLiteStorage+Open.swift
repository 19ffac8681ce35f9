package import Core

extension SQLiteStorage {
    /// Opens the database, making or upgrading it where needed.
    ///
    /// Blocks, and may sync: for start-up and the command line. From any thread.
    ///
    /// - Parameters:
    ///   - secretKeyPath: the file with the key that seals secrets; made when missing.
    ///   - limitClock: for limits a minute; the same for all processes that open the file.
    ///   - metrics: also called from the writer's thread.
    ///   - lookupRecheck: how long after the database file was moved away look-ups may still answer from it.
    package nonisolated static func open(
        path: String, secretKeyPath: String, clock: any WallClock = SystemClock(),
        limitClock: any MonotonicClock = SystemMonotonicClock(),
        metrics: (any MetricsRecorder)? = nil,
        lookupRecheck: Duration = .milliseconds(20)
    ) throws(StorageOpenError) -> SQLiteStorage {
        try Migrator.migrate(path: path)
        let keyIDs = try secretKeyIDs(path: path)
        let secrets = try SecretKeyFile.load(secretKeyPath, database: path, hasSecrets: !keyIDs.isEmpty)
        guard keyIDs.allSatisfy({ $0 == secrets.keyID }) else {
            throw .secretKeyMismatch(path: secretKeyPath, database: path)
        }
        let holds: SharedHolds
        do { holds = try SharedHolds(database: path, clock: limitClock) } catch {
            throw .failed(path: SharedHolds.path(of: path), reason: "\(error)")
        }
        return SQLiteStorage(
            path: path, secrets: secrets, clock: clock, metrics: metrics, holds: holds, lookupRecheck: lookupRecheck)
    }

    /// The names of the keys that the database's secrets were sealed with.
    private nonisolated static func secretKeyIDs(path: String) throws(StorageOpenError) -> [String] {
        do throws(Failure) {
            let connection = try Connection(path: path, for: .scan)
            return try connection.transaction(.read) { () throws(Failure) in
                try SealedSecrets.keyIDs(on: connection)
            }
        } catch {
            throw Migrator.openError(error, path)
        }
    }
}

package import Core

extension SQLiteStorage {
    /// Opens the database, making or upgrading it where needed, and removes the holds of processes that have ended.
    ///
    /// Blocks, and may sync: for start-up and the command line. From any thread.
    ///
    /// - Parameters:
    ///   - secretKeyPath: the file with the key that seals secrets; made when missing.
    ///   - metrics: also called from the writer's thread.
    ///   - owner: in whose name holds are placed.
    ///   - lookupRecheck: how long after the database file was moved away look-ups may still answer from it.
    package nonisolated static func open(
        path: String, secretKeyPath: String, clock: any WallClock = SystemClock(),
        metrics: (any MetricsRecorder)? = nil, owner: ProcessIdentity = .current(),
        lookupRecheck: Duration = .milliseconds(20)
    ) throws(StorageOpenError) -> SQLiteStorage {
        try Migrator.migrate(path: path)
        let keyIDs = try prepare(path: path, owner: owner, at: clock.now)
        let secrets = try SecretKeyFile.load(secretKeyPath, database: path, hasSecrets: !keyIDs.isEmpty)
        guard keyIDs.allSatisfy({ $0 == secrets.keyID }) else {
            throw .secretKeyMismatch(path: secretKeyPath, database: path)
        }
        return SQLiteStorage(
            path: path, secrets: secrets, clock: clock, metrics: metrics, owner: owner, lookupRecheck: lookupRecheck)
    }

    /// Sweeps holds; answers the names of the keys that the database's secrets were sealed with.
    private nonisolated static func prepare(
        path: String, owner: ProcessIdentity, at time: Timestamp
    ) throws(StorageOpenError) -> [String] {
        do throws(Failure) {
            return try WriteLock(database: path).holding { () throws(Failure) in
                let connection = try Connection(path: path, for: .writes)
                return try connection.transaction(.write) { () throws(Failure) in
                    _ = try HoldTable.sweep(owner: owner, at: time, on: connection)
                    return try ModelTable.secretKeyIDs(on: connection) + WebhookTable.secretKeyIDs(on: connection)
                }
            }
        } catch {
            throw Migrator.openError(error, path)
        }
    }
}

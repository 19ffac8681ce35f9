internal import EventLoop

/// A copy of a backup beside the database whose place it will take: checked, and of this program's schema.
struct RestoredCopy {
    let draft: Draft
    let schemaBefore: Int
    /// Names the keys that its secrets were sealed with.
    let secretKeyIDs: [String]

    /// Checks the checksum while it copies, then the database, then brings it to the schema. Errors name the backup.
    init(of files: BackupFiles, for database: String) throws(BackupError) {
        guard BackupFiles.exists(files.database) else { throw .missing(path: files.database) }
        guard let expected = files.expectedDigest() else { throw .noChecksum(path: files.database) }
        let digest: String
        do throws(SystemCallError) { draft = try Draft(for: database) } catch { throw BackupError(error, database) }
        do throws(SystemCallError) {
            digest = try FileDigest.sha256(of: files.database, copyingTo: draft.path)
        } catch { throw BackupError(error, database) }
        guard digest == expected else {
            throw .wrongChecksum(path: files.database, expected: expected, found: digest)
        }
        let path = draft.path
        let result: Result<(Int, [String]), BackupError>
        do throws(Failure) { result = try Self.prepare(path, named: files.database) } catch {
            throw BackupError(error, files.database)
        }
        (schemaBefore, secretKeyIDs) = try result.get()
    }

    private static let ours = SQL(
        """
        SELECT COUNT(*) FROM sqlite_schema
        WHERE type = 'table' AND name IN ('api_keys', 'key_months', 'models', 'payments', 'threads')
        """)

    private static func prepare(
        _ path: String, named file: String
    ) throws(Failure) -> Result<(Int, [String]), BackupError> {
        let connection = try Connection(path: path, for: .maintenance)
        try DatabaseCopy.check(connection, "PRAGMA integrity_check(1)")
        guard let version = try Schema.version(in: connection), version > 0,
            try connection.first(ours, decode: { $0.int() }) == 5
        else { return .failure(.foreign(path: file)) }
        guard version <= Schema.current else {
            return .failure(.newerSchema(path: file, found: version, supported: Schema.current))
        }
        // As a database of a serving brook is; a backup is not.
        try connection.execute(script: "PRAGMA journal_mode = WAL")
        if version < Schema.current {
            try connection.transaction(.write) { () throws(Failure) in
                try Schema.complete(connection, from: version)
            }
        }
        return .success((version, try SealedSecrets.keyIDs(on: connection)))
    }
}

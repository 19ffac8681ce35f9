internal import CLinux
internal import CSQLite
internal import EventLoop
internal import Glibc

/// Brings a database to the schema of this program; makes it when there is none. Blocks: for start-up and the command
/// line. Any number of processes may do so at once: they take turns, and those who come later find it done.
package enum Migrator {
    /// What a migration found and left.
    package struct Outcome: Sendable, Equatable {
        /// 0: the database is new.
        package let before: Int
        package let after: Int
    }

    @discardableResult
    package static func migrate(path: String) throws(StorageOpenError) -> Outcome {
        try prepareFile(path)
        let lock = WriteLock(database: path)
        let result: Result<Outcome, StorageOpenError>
        do throws(Failure) {
            result = try lock.holding { () throws(Failure) in try complete(path) }
        } catch {
            throw openError(error, path)
        }
        return try result.get()
    }

    /// Where the state before a migration to this program's schema is kept.
    static func copyPath(of path: String) -> String { "\(path).before-schema-\(Schema.current)" }

    private static let anyObject = SQL("SELECT 1 FROM sqlite_schema")

    private static func complete(_ path: String) throws(Failure) -> Result<Outcome, StorageOpenError> {
        let connection = try Connection(path: path, for: .maintenance)
        let version = try Schema.version(in: connection)
        if let version, version > Schema.current {
            return .failure(.newerSchema(path: path, found: version, supported: Schema.current))
        }
        if version == nil, try connection.exists(anyObject) {
            return .failure(.notADatabase(path: path))
        }
        let before = version ?? 0
        if before < Schema.current {
            // Kept in the file; needs the database to itself, which the lock gives.
            try connection.execute(script: "PRAGMA journal_mode = WAL")
            if before > 0, let error = keepCopy(of: connection, path) { return .failure(error) }
            try connection.transaction(.write) { () throws(Failure) in
                try Schema.complete(connection, from: before)
            }
        }
        return .success(Outcome(before: before, after: Schema.current))
    }

    /// The steps run in one transaction, so this is not for when they fail but for when the new program turns out wrong:
    /// older programs do not work with a newer schema. Whoever calls holds the lock, so nothing is written in between.
    private static func keepCopy(of connection: Connection, _ path: String) -> StorageOpenError? {
        let copy = copyPath(of: path)
        do {
            let draft = try Draft(for: copy)
            try DatabaseCopy.write(connection, to: draft.path)
            // One of an earlier attempt is of no use any more.
            try draft.publish(.replace)
            return nil
        } catch let failure as Failure {
            return .noCopy(path: path, copy: copy, reason: "\(failure.storageError)")
        } catch {
            return .noCopy(path: path, copy: copy, reason: "\(error)")
        }
    }

    /// Makes the empty file first, because SQLite would make it readable to others; it holds people's prompts.
    private static func prepareFile(_ path: String) throws(StorageOpenError) {
        let folder = SmallFile.folder(of: path)
        guard let identity = try? FileIdentity(path: folder), identity.isFolder else {
            throw .missingFolder(database: path, folder: folder)
        }
        do {
            let descriptor = try systemCall("open") { unsafe brook_open(path, O_RDWR | O_CREAT, 0o600) }
            close(descriptor)
            try systemCall("access") { unsafe access(folder, W_OK | X_OK) }
        } catch {
            throw .notWritable(path: path, reason: error.description)
        }
    }

    static func openError(_ failure: Failure, _ path: String) -> StorageOpenError {
        guard case .engine(let error) = failure else {
            return .failed(path: path, reason: "\(failure.storageError)")
        }
        return switch error.primaryCode {
        case SQLITE_NOTADB, SQLITE_CORRUPT: .notADatabase(path: path)
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN: .notWritable(path: path, reason: error.description)
        default: .failed(path: path, reason: error.description)
        }
    }
}

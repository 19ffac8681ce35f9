internal import CSQLite
internal import EventLoop

/// A database that a command reads beside a serving brook. It must exist and have this program's schema.
enum InspectedDatabase {
    static func open(_ path: String) throws(Failure) -> Connection {
        let connection = try Connection(path: path, for: .inspection)
        let found = try Schema.version(in: connection)
        guard found == Schema.current else {
            throw .unavailable(
                "it has schema \(found ?? 0), this program works with \(Schema.current); run 'brook migrate', or the "
                    + "program that fits the database")
        }
        return connection
    }

    static func openError(_ failure: Failure, _ path: String) -> StorageOpenError {
        if case .engine(let error) = failure, error.primaryCode == SQLITE_CANTOPEN,
            (try? FileIdentity(path: path)) == nil
        {
            return .missing(path: path)
        }
        return Migrator.openError(failure, path)
    }
}

/// The numbered steps that make the database, and where a database says how many of them it has.
///
/// Append-only: a step that was released never changes. The statements keep to what SQLite and PostgreSQL share, but for
/// the clauses `STRICT`, `WITHOUT ROWID` and `AUTOINCREMENT`.
enum Schema {
    /// Step n of the list makes version n, counted from 1.
    static let steps: [String] = [
        Schema.version1, Schema.version2, Schema.version3, Schema.version4, Schema.version5, Schema.version6,
        Schema.version7,
    ]

    static var current: Int { steps.count }

    private static let findTable = SQL("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'")
    private static let read = SQL("SELECT version FROM schema_version")

    /// Nil for a database that has no version yet.
    static func version(in connection: Connection) throws(Failure) -> Int? {
        guard try connection.exists(findTable) else { return nil }
        return try connection.first(read) { $0.int() }
    }

    private static let clear = SQL("DELETE FROM schema_version")
    private static let write = SQL("INSERT INTO schema_version (version) VALUES (?)")

    /// Runs the steps that are missing, all or none.
    static func complete(_ connection: Connection, from version: Int) throws(Failure) {
        for step in steps[version...] { try connection.execute(script: step) }
        try connection.execute(clear)
        try connection.execute(write, current)
    }
}

/// A database in one file of its own, made from an open one.
enum DatabaseCopy {
    /// Fills the empty file at `path` with one state of the connection's database, and reads it back: damage that the
    /// source has is found here. Writers go on meanwhile. Not synced.
    static func write(_ source: Connection, to path: String) throws(Failure) {
        try fill(path, from: source)
        // Opened anew, because only that sees that the pages which came say "write-ahead log".
        let copy = try Connection(path: path, for: .draft)
        // The copy then opens without files beside it, also where nothing can be written.
        try copy.execute(script: "PRAGMA journal_mode = DELETE")
        try check(copy, "PRAGMA quick_check(1)")
    }

    private static func fill(_ path: String, from source: Connection) throws(Failure) {
        let copy = try Connection(path: path, for: .draft)
        try source.transaction(.read) { () throws(Failure) in
            // The transaction's state is that of its first read.
            _ = try Schema.version(in: source)
            try source.copyPages(to: copy)
        }
    }

    /// - Parameter pragma: `integrity_check`, or `quick_check`, which leaves out whether indexes and tables agree.
    static func check(_ connection: Connection, _ pragma: String) throws(Failure) {
        let found = try connection.all(text: pragma, []) { $0.text() }
        guard found == ["ok"] else { throw .damaged(found.first ?? "nothing was answered") }
    }
}

internal import Core

/// The table that finds threads by their texts, and how far it has come.
enum SearchIndex {
    /// All rows from `oldest` to `newest` are in the index.
    struct State: Sendable, Equatable {
        var format: Int
        var newest: Int64
        var oldest: Int64
    }

    /// A row to be indexed.
    struct Entry: Sendable {
        let id: ThreadID
        let text: String
    }

    /// What the index knows of a thread.
    struct Source {
        let id: ThreadID
        let key: KeyID
        let session: SessionID?
        let model: String
        private let prompt: String
        private let completion: String

        /// From the columns ``SearchIndex/columns``.
        init(_ row: inout Row) {
            id = row.id()
            key = row.id()
            session = row.optionalID()
            model = row.text()
            prompt = row.text()
            completion = row.text()
        }

        /// What the index holds of it.
        var text: String {
            SearchDocument.text(prompt: prompt, completion: completion, key: key, session: session, model: model)
        }

        var textWithoutTexts: String {
            SearchDocument.text(prompt: "", completion: "", key: key, session: session, model: model)
        }
    }

    /// Part of the rows that are not in the index, and where it stands when they are.
    struct Batch: Sendable {
        let before: State
        let after: State
        /// By number, upwards: FTS5 writes what it has gathered whenever a number is lower than the last.
        let entries: [Entry]
    }

    /// Rows of a batch, and bytes of text after which it takes no more: some milliseconds of the writer's time.
    private static let batchRows = 256
    private static let batchBytes = 32 * 1024

    private static let readState = SQL("SELECT format, newest, oldest FROM thread_search_state")
    /// The last and the first number of all threads, 0 when there are none.
    static let ends = SQL(
        "SELECT COALESCE((SELECT MAX(id) FROM threads), 0), COALESCE((SELECT MIN(id) FROM threads), 0)")
    /// What a ``Source`` is made of, of a thread `t`.
    static let columns = """
        t.id, t.key_id, t.session_id, t.model, substr(t.prompt, 1, \(SearchDocument.longestText)),
            substr(t.completion, 1, \(SearchDocument.longestText))
        """
    private static let source = "SELECT \(columns) FROM threads t"
    private static let later = SQL("\(source) WHERE t.id > ? ORDER BY t.id LIMIT \(batchRows)")
    private static let earlier = SQL("\(source) WHERE t.id < ? ORDER BY t.id DESC LIMIT \(batchRows)")
    private static let move = SQL(
        """
        UPDATE thread_search_state SET format = ?, newest = ?, oldest = ?
        WHERE format = ? AND newest = ? AND oldest = ?
        """)
    private static let clear = SQL("INSERT INTO thread_search (thread_search) VALUES ('delete-all')")
    private static let insert = SQL("INSERT INTO thread_search (rowid, text) VALUES (?, ?)")
    /// An index without content of its own has to be told what it holds of the row
    /// (https://www.sqlite.org/fts5.html#the_delete_command).
    private static let delete = SQL("INSERT INTO thread_search (thread_search, rowid, text) VALUES ('delete', ?, ?)")

    static func state(on connection: Connection) throws(Failure) -> State {
        let state = try connection.first(readState) { row in
            State(format: row.int(), newest: row.integer(), oldest: row.integer())
        }
        guard let state else { throw .unavailable("thread_search_state has no row") }
        return state
    }

    /// Whether rows wait to be indexed. A point look-up.
    static func isBehind(on connection: Connection) throws(Failure) -> Bool {
        let state = try state(on: connection)
        return try connection.first(ends) { row in
            let last = row.integer()
            let first = row.integer()
            return last > state.newest || (first > 0 && first < state.oldest) || state.format != SearchDocument.format
        } ?? false
    }

    /// The next rows to index: what is new first, then what stood there before, backwards. Nil when all are.
    static func nextBatch(on connection: Connection) throws(Failure) -> Batch? {
        let before = try state(on: connection)
        if before.format != SearchDocument.format {
            let last = try connection.first(ends) { $0.integer() } ?? 0
            let after = State(format: SearchDocument.format, newest: last, oldest: last + 1)
            return Batch(before: before, after: after, entries: [])
        }
        var after = before
        let new = try read(later, from: before.newest, on: connection)
        if let last = new.last {
            after.newest = last.id.rawValue
            return Batch(before: before, after: after, entries: new)
        }
        let old = try read(earlier, from: before.oldest, on: connection)
        guard let last = old.last else { return nil }
        after.oldest = last.id.rawValue
        return Batch(before: before, after: after, entries: old.reversed())
    }

    /// Indexes a batch, unless another process has moved the index on since the batch was read.
    static func write(_ batch: Batch, on connection: Connection) throws(Failure) {
        let (before, after) = (batch.before, batch.after)
        try connection.execute(
            move, after.format, after.newest, after.oldest, before.format, before.newest, before.oldest)
        guard connection.changes == 1 else { return }
        if before.format != after.format { try connection.execute(clear) }
        for entry in batch.entries { try add(entry.id, text: entry.text, on: connection) }
    }

    static func add(_ id: ThreadID, text: String, on connection: Connection) throws(Failure) {
        try connection.execute(insert, id, text)
    }

    /// - Parameter text: what ``add(_:text:on:)`` was given; with another one the index would be damaged.
    static func remove(_ id: ThreadID, text: String, on connection: Connection) throws(Failure) {
        try connection.execute(delete, id, text)
    }

    private static func read(_ rows: SQL, from id: Int64, on connection: Connection) throws(Failure) -> [Entry] {
        var entries: [Entry] = []
        var bytes = 0
        try connection.forEach(rows, [id]) { row in
            let source = Source(&row)
            let entry = Entry(id: source.id, text: source.text)
            entries.append(entry)
            bytes += entry.text.utf8.count
            return bytes < batchBytes
        }
        return entries
    }
}

internal import Core

/// The threads that a filter with a text finds, the newest ``limit`` of them.
///
/// Key, session and model are tokens of the index, and a time is a range of row numbers: so a search reads no rows but
/// those it shows, and the newest few that are not in the index yet.
struct ThreadSearch: Sendable {
    /// Threads that a search looks at; with more than these, the total is said to be capped.
    static let limit = 10_000
    /// Of rows that are not in the index yet, those that a search reads.
    static let newestRows = 1000
    /// A word of fewer letters is found only whole: too many begin with it.
    private static let shortestBeginning = 3

    private static let row = "EXISTS (SELECT 1 FROM threads t WHERE t.id = thread_search.rowid"

    private let filter: ThreadFilter
    private let terms: [SearchTerms.Term]

    /// Nil when `filter` has no text to look for.
    init?(_ filter: ThreadFilter) {
        guard let text = filter.text, !text.isEmpty else { return nil }
        self.filter = filter
        terms = Array(SearchTerms(text).terms.prefix(SearchTerms.limit))
    }

    /// The number that each found thread has, newest first: at most ``limit`` and one more of those in the index.
    ///
    /// - Parameter end: only lower numbers than this are looked for; nil: all.
    func find(before end: ThreadID? = nil, on connection: Connection) throws(Failure) -> [ThreadID] {
        // Punctuation alone is in no text that is looked at.
        if terms.isEmpty { return [] }
        let state = try SearchIndex.state(on: connection)
        var found = try findNew(after: state.newest, before: end, on: connection)
        var sql = "SELECT rowid FROM thread_search WHERE thread_search MATCH ?"
        var arguments: [any SQLBindable] = [expression]
        if let from = filter.from {
            let first = try ThreadTimes.boundary(at: from, on: connection)
            sql += " AND rowid >= ? AND (rowid >= ? OR \(Self.row) AND t.created_at >= ?))"
            arguments += [first.low, first.high, from]
        }
        if let to = filter.to {
            let end = try ThreadTimes.boundary(at: to, on: connection)
            sql += " AND rowid < ? AND (rowid < ? OR \(Self.row) AND t.created_at < ?))"
            arguments += [end.high, end.low, to]
        }
        if let end {
            sql += " AND rowid < ?"
            arguments.append(end)
        }
        sql += " ORDER BY rowid DESC LIMIT ?"
        found += try connection.all(text: sql, arguments + [Self.limit + 1]) { $0.id(ThreadID.self) }
        return found
    }

    /// The expression for FTS5. Every token is a quoted string, so that nothing in it is an operator, and has letters and
    /// digits only.
    var expression: String {
        var parts: [String] = []
        if let key = filter.keyID { parts.append(Self.quoted(SearchDocument.token(key))) }
        if let session = filter.sessionID { parts.append(Self.quoted(SearchDocument.token(session))) }
        if let model = filter.model { parts.append(Self.quoted(SearchDocument.token(model: model))) }
        for (index, term) in terms.enumerated() {
            switch term {
            case .words(let words):
                let isBeginning = index == terms.count - 1 && (words.last?.count ?? 0) >= Self.shortestBeginning
                parts.append(Self.quoted(words.joined(separator: " ")) + (isBeginning ? "*" : ""))
            case .run(let run): parts.append(Self.quoted(run: run))
            }
        }
        return parts.joined(separator: " AND ")
    }

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }

    private static func quoted(run: [Unicode.Scalar]) -> String {
        if run.count == 1 { return quoted(String(Character(run[0]))) + "*" }
        let pairs = zip(run, run.dropFirst()).map { String(String.UnicodeScalarView([$0, $1])) }
        return quoted(pairs.joined(separator: " "))
    }

    /// Among the newest rows that are not in the index, those that contain all terms; here a word may be part of one.
    private func findNew(
        after indexed: Int64, before end: ThreadID?, on connection: Connection
    ) throws(Failure) -> [ThreadID] {
        var query = ListQuery(columns: "t.id", source: ThreadTable.source, orders: [:], serial: "t.id")
        query.match("t.id > ?", indexed)
        query.match("t.id < ?", end)
        query.match("t.id > (SELECT MAX(id) FROM threads) - ?", Self.newestRows)
        query.match("t.key_id = ?", filter.keyID)
        query.match("t.session_id = ?", filter.sessionID)
        query.match("t.model = ?", filter.model)
        query.match("t.created_at >= ?", filter.from)
        query.match("t.created_at < ?", filter.to)
        for term in terms {
            let parts: [String] =
                switch term {
                case .words(let words): words
                case .run(let run): [String(String.UnicodeScalarView(run))]
                }
            for part in parts { query.match(text: part, in: ["t.prompt", "t.completion"]) }
        }
        return try query.all(on: connection) { $0.id(ThreadID.self) }
    }
}

extension [ThreadID] {
    /// A JSON array, for `json_each`.
    var jsonText: String { "[" + map(\.description).joined(separator: ",") + "]" }
}

internal import Core

extension ThreadTable {
    /// The numbers of a page's rows, with the length of the whole list.
    ///
    /// The whole list by number is counted off: numbers have no gaps but for rows that retention took out, so the rows of
    /// a page far back have numbers that are known without going there.
    static func numbers(
        _ filter: ThreadFilter, _ page: PageRequest, on connection: Connection
    ) throws(Failure) -> Page<ThreadID> {
        var query = ListQuery(columns: "t.id", source: source, orders: orders, serial: "t.id")
        query.match("t.key_id = ?", filter.keyID)
        query.match("t.session_id = ?", filter.sessionID)
        query.match("t.model = ?", filter.model)
        if let from = filter.from {
            query.match("t.id >= ?", try ThreadTimes.boundary(at: from, on: connection).low)
        }
        if let to = filter.to { query.match("t.id < ?", try ThreadTimes.boundary(at: to, on: connection).high) }
        query.match("t.created_at >= ?", filter.from)
        query.match("t.created_at < ?", filter.to)
        if filter == ThreadFilter(), let found = try numbersWithoutGaps(page, on: connection) { return found }
        return try query.run(on: connection, page) { $0.id() }
    }

    private static let length = SQL("SELECT COUNT(*) FROM threads")

    private static func numbersWithoutGaps(
        _ page: PageRequest, on connection: Connection
    ) throws(Failure) -> Page<ThreadID>? {
        guard let direction = page.numberDirection(in: orders, serial: "t.id") else { return nil }
        var last: Int64 = 0
        var first: Int64 = 0
        try connection.forEach(SearchIndex.ends, []) { row in
            last = row.integer()
            first = row.integer()
            return false
        }
        let total = try connection.first(length) { $0.int() } ?? 0
        guard total > 0, last - first + 1 == total else { return nil }
        let part: [Int64] =
            switch direction {
            case .newestFirst: page.part(of: (first...last).reversed())
            case .oldestFirst: page.part(of: first...last)
            }
        return Page(items: part.map { ThreadID(rawValue: $0) }, total: total)
    }

    /// The records of these numbers, in their order.
    static func rows(_ ids: [ThreadID], on connection: Connection) throws(Failure) -> [ThreadRecord] {
        var records: [ThreadRecord] = []
        for id in ids {
            if let record = try connection.first(byNumber, id, decode: decode) { records.append(record) }
        }
        return records
    }

    private static let byNumber = SQL("SELECT \(columns) FROM \(source) WHERE t.id = ?")
}

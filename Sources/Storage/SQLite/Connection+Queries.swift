internal import Core

/// The shapes in which stores ask.
extension Connection {
    private static let pageSize = SQL("PRAGMA page_size")
    private static let pages = SQL("PRAGMA page_count")
    private static let freePages = SQL("PRAGMA freelist_count")

    /// Of the database with what its log has, in bytes; `log` stays 0.
    func size() throws(Failure) -> DatabaseSize {
        let page = try first(Self.pageSize) { $0.int() } ?? 0
        let all = try first(Self.pages) { $0.int() } ?? 0
        let free = try first(Self.freePages) { $0.int() } ?? 0
        return DatabaseSize(total: all * page, free: free * page, log: 0)
    }

    func execute(_ sql: SQL, _ arguments: any SQLBindable...) throws(Failure) {
        try forEach(sql, arguments) { _ in true }
    }

    /// The first row, if there is one.
    func first<Value>(
        _ sql: SQL, _ arguments: any SQLBindable..., decode: (inout Row) -> Value
    ) throws(Failure) -> Value? {
        var found: Value?
        try forEach(sql, arguments) { row in
            found = decode(&row)
            return false
        }
        return found
    }

    func exists(_ sql: SQL, _ arguments: any SQLBindable...) throws(Failure) -> Bool {
        var found = false
        try forEach(sql, arguments) { _ in
            found = true
            return false
        }
        return found
    }

    /// Runs an `INSERT`; answers the new row's number.
    func insert<ID: RowID>(_ sql: SQL, _ arguments: any SQLBindable...) throws(Failure) -> ID {
        try forEach(sql, arguments) { _ in true }
        return ID(rawValue: lastInsertedRow)
    }

    func all<Value>(
        _ sql: SQL, _ arguments: any SQLBindable..., decode: (inout Row) -> Value
    ) throws(Failure) -> [Value] {
        var values: [Value] = []
        try forEach(sql, arguments) { row in
            values.append(decode(&row))
            return true
        }
        return values
    }

    func all<Value>(
        text: String, _ arguments: [any SQLBindable], decode: (inout Row) -> Value
    ) throws(Failure) -> [Value] {
        var values: [Value] = []
        try forEach(text: text, arguments) { row in
            values.append(decode(&row))
            return true
        }
        return values
    }
}

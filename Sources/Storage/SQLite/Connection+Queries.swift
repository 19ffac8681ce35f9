internal import Core

/// The shapes in which stores ask.
extension Connection {
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

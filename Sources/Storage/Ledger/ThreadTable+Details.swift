internal import Core

extension ThreadTable {
    private static let whole = SQL("SELECT \(columns), t.whole_prompt FROM \(source) WHERE t.id = ?")

    /// The record with its whole prompt.
    static func findWhole(_ id: ThreadID, on connection: Connection) throws(Failure) -> ThreadRecord? {
        try connection.first(whole, id) { row in
            var record = decode(&row)
            record.call.wholePrompt = row.text()
            return record
        }
    }

    /// The records of these numbers, in their order.
    static func all(_ ids: [ThreadID], on connection: Connection) throws(Failure) -> [ThreadRecord] {
        guard !ids.isEmpty else { return [] }
        // Numbers of ours, not texts of a caller's.
        let list = ids.map(\.description).joined(separator: ",")
        let records = try connection.all(
            text: "SELECT \(columns) FROM \(source) WHERE t.id IN (\(list))", [], decode: decode)
        let byID = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
        return ids.compactMap { byID[$0] }
    }
}

extension SessionTable {
    private static let byID = SQL("SELECT \(columns) FROM \(source) WHERE s.id = ?")

    static func find(_ id: SessionID, on connection: Connection) throws(Failure) -> SessionRecord? {
        try connection.first(byID, id, decode: decode)
    }
}

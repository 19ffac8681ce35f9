internal import Core

extension ThreadTable {
    private static let whole = SQL("SELECT \(columns), t.whole_prompt, t.attempts FROM \(source) WHERE t.id = ?")

    /// The record with its whole prompt, its attempts and its images.
    static func findWhole(_ id: ThreadID, on connection: Connection) throws(Failure) -> ThreadRecord? {
        let found: ThreadRecord? = try connection.first(whole, id) { row in
            var record = decode(&row)
            record.call.wholePrompt = row.text()
            record.call.attempts = AttemptList.read(row.text(), of: record.call)
            return record
        }
        guard var record = found else { return nil }
        try ThreadImageTable.complete(&record, on: connection)
        return record
    }
}

extension SessionTable {
    private static let byID = SQL("SELECT \(columns) FROM \(source) WHERE s.id = ?")

    static func find(_ id: SessionID, on connection: Connection) throws(Failure) -> SessionRecord? {
        try connection.first(byID, id, decode: decode)
    }
}

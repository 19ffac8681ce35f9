internal import Core

/// A record of a call whose time has come, with all that must be known to take it out of the index and out of sums.
struct AgedRecord: Sendable {
    let id: ThreadID
    let keyID: KeyID
    let keyName: String
    let sessionID: SessionID?
    let month: BillingMonth
    let createdAt: Timestamp
    let fee: Money
    let feeBalance: Money
    let usage: CarriedUsage
    /// What the index holds of it, and what it is to hold when its texts are gone.
    let indexed: String
    let indexedWithoutTexts: String
    let hasText: Bool
    /// Of its texts, about: characters.
    let bytes: Int

    private static let find = SQL(
        """
        SELECT \(SearchIndex.columns), t.key_name, t.month, t.created_at, t.fee, t.fee_balance,
            t.status IN ('error', 'truncated'), t.tokens_in, t.tokens_out, t.tokens_cache_read,
            t.tokens_cache_write + t.tokens_cache_write_1h,
            length(t.prompt) + length(t.completion) + length(t.reasoning) + length(t.tool_calls)
                + length(t.whole_prompt),
            t.prompt <> '' OR t.completion <> '' OR t.reasoning <> '' OR t.tool_calls <> '' OR t.whole_prompt <> ''
        FROM threads t WHERE t.id = ?
        """)

    static func read(_ id: ThreadID, on connection: Connection) throws(Failure) -> AgedRecord? {
        try connection.first(find, id) { AgedRecord(&$0) }
    }

    private init(_ row: inout Row) {
        let source = SearchIndex.Source(&row)
        id = source.id
        keyID = source.key
        sessionID = source.session
        indexed = source.text
        indexedWithoutTexts = source.textWithoutTexts
        keyName = row.text()
        month = BillingMonth(text: row.text())
        createdAt = row.time()
        fee = row.money()
        feeBalance = row.money()
        usage = CarriedUsage(
            calls: 1, errors: row.int(), tokensIn: row.int(), tokensOut: row.int(), tokensCacheRead: row.int(),
            tokensCacheWrite: row.int(), fee: fee, model: source.model)
        bytes = row.int()
        hasText = row.bool()
    }

    private static let clear = SQL(
        """
        UPDATE threads SET prompt = '', completion = '', reasoning = '', tool_calls = '', whole_prompt = ''
        WHERE id = ?
        """)
    /// A session's title is the beginning of its first call's prompt, and that call's time is its own.
    private static let clearTitle = SQL("UPDATE sessions SET title = '' WHERE id = ? AND created_at = ?")

    /// Leaves the record with its tokens and fee.
    func removeTexts(on connection: Connection) throws(Failure) {
        try SearchIndex.remove(id, text: indexed, on: connection)
        try connection.execute(Self.clear, id)
        try SearchIndex.add(id, text: indexedWithoutTexts, on: connection)
        try removeTitle(on: connection)
    }

    private func removeTitle(on connection: Connection) throws(Failure) {
        if let sessionID { try connection.execute(Self.clearTitle, sessionID, createdAt) }
    }

    private static let delete = SQL("DELETE FROM threads WHERE id = ?")
    /// The newest session stays for the sake of its number, as the newest thread does.
    private static let deleteSession = SQL(
        """
        DELETE FROM sessions WHERE id = ? AND id < (SELECT MAX(id) FROM sessions)
            AND NOT EXISTS (SELECT 1 FROM threads WHERE session_id = sessions.id)
        """)

    /// Removes records, and sessions that have none left; carries what they added up to.
    static func remove(_ records: [AgedRecord], on connection: Connection) throws(Failure) {
        try CarriedSums(of: records).write(on: connection)
        var sessions: Set<SessionID> = []
        for record in records {
            try SearchIndex.remove(record.id, text: record.indexed, on: connection)
            try connection.execute(delete, record.id)
            try record.removeTitle(on: connection)
            if let session = record.sessionID { sessions.insert(session) }
        }
        for session in sessions.sorted(by: { $0.rawValue < $1.rawValue }) {
            try connection.execute(deleteSession, session)
        }
    }
}

internal import Core

/// Conversations.
enum SessionTable {
    static let columns = """
        s.id, s.session_key, s.title, s.key_id, s.key_name, s.total_in_tokens, s.total_out_tokens, s.total_fee, \
        s.thread_count, s.created_at, s.updated_at
        """
    static let source = "sessions s"
    static let orders = [
        "id": "s.id", "title": "s.title", "key_name": "s.key_name", "total_in_tokens": "s.total_in_tokens",
        "total_out_tokens": "s.total_out_tokens", "total_fee": "s.total_fee", "thread_count": "s.thread_count",
        "created_at": "s.created_at", "updated_at": "s.updated_at",
    ]

    private static let find = SQL("SELECT \(columns) FROM \(source) WHERE s.key_id = ? AND s.session_key = ?")
    private static let insert = SQL(
        """
        INSERT INTO sessions (key_id, key_name, session_key, title, total_in_tokens, total_out_tokens, total_fee,
            thread_count, created_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
        """)
    private static let update = SQL(
        """
        UPDATE sessions SET total_in_tokens = ?, total_out_tokens = ?, total_fee = ?, thread_count = ?, updated_at = ?
        WHERE id = ?
        """)

    static func decode(_ row: inout Row) -> SessionRecord {
        SessionRecord(
            id: row.id(), key: row.text(), title: row.text(), keyID: row.id(), keyName: row.text(),
            totalInTokens: row.int(), totalOutTokens: row.int(), totalFee: row.money(), threadCount: row.int(),
            createdAt: row.time(), updatedAt: row.time())
    }

    /// Counts the call in its session, which begins with its first call.
    static func count(
        _ settlement: Settlement, in session: SessionReference, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> SessionID {
        let usage = settlement.call.usage
        let fee = settlement.call.fee
        guard let known = try connection.first(find, settlement.keyID, session.key, decode: decode) else {
            return try connection.insert(
                insert, settlement.keyID, settlement.keyName, session.key, session.title, usage.prompt, usage.output,
                fee, time, time)
        }
        try connection.execute(
            update, known.totalInTokens + usage.prompt, known.totalOutTokens + usage.output, known.totalFee + fee,
            known.threadCount + 1, time, known.id)
        return known.id
    }
}

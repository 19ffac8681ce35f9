internal import Core

/// Who changed what and when; written in the transaction of the change itself.
enum AuditTable {
    static let columns = "a.id, a.operator_id, a.operator_name, a.action, a.subject, a.changes, a.created_at"
    static let source = "audit a"
    static let orders = [
        "id": "a.id", "operator": "a.operator_name", "action": "a.action", "subject": "a.subject",
        "created_at": "a.created_at",
    ]

    static func decode(_ row: inout Row) -> AuditRecord {
        AuditRecord(
            id: row.integer(), author: row.author(), action: row.text(), subject: row.text(), changes: row.text(),
            createdAt: row.time())
    }

    private static let insert = SQL(
        """
        INSERT INTO audit (operator_id, operator_name, action, subject, changes, created_at) VALUES (?, ?, ?, ?, ?, ?)
        """)

    /// - Parameters:
    ///   - action: `key.update`.
    ///   - subject: what was changed, by number, such as `key:12`.
    ///   - changes: the new values of the fields that changed, without secrets.
    static func record(
        _ action: String, _ subject: String, _ changes: JSONObject = [:], by author: Operator, at time: Timestamp,
        on connection: Connection
    ) throws(Failure) {
        try connection.execute(
            insert, author.keyID, author.name, action, subject, JSONValue.object(changes).text, time)
    }
}

extension Row {
    /// `operator_id` and `operator_name`.
    mutating func author() -> Operator { Operator(keyID: optionalID(), name: text()) }
}

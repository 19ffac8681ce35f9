internal import Core

/// What was put on balances and taken off by hand. With the balance parts of fees these sum up to the balance.
enum PaymentTable {
    static let columns = """
        p.id, p.key_id, p.key_name, p.amount, p.balance_after, p.note, p.operator_id, p.operator_name, p.created_at
        """
    static let source = "payments p"
    static let orders = ["id": "p.id", "key_name": "p.key_name", "amount": "p.amount", "created_at": "p.created_at"]

    static func decode(_ row: inout Row) -> PaymentRecord {
        PaymentRecord(
            id: row.integer(), keyID: row.id(), keyName: row.text(), amount: row.money(), balanceAfter: row.money(),
            note: row.text(), author: row.author(), createdAt: row.time())
    }

    private static let insert = SQL(
        """
        INSERT INTO payments (key_id, key_name, amount, balance_after, note, operator_id, operator_name, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)

    static func record(
        _ amount: Money, on key: KeyRecord, note: String, by author: Operator, at time: Timestamp,
        on connection: Connection
    ) throws(Failure) {
        try connection.execute(
            insert, key.id, key.name, amount, key.balance, note, author.keyID, author.name, time)
    }
}

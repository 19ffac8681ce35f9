internal import Core

/// What was put on balances and taken off by hand. With the balance parts of fees these sum up to the balance.
enum PaymentTable {
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

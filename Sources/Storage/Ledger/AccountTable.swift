internal import Core

/// The money side of a key's row, and its fees by month.
enum AccountTable {
    /// A key as the ledger sees it.
    struct Account: Sendable {
        var purse: Purse
        var totalFee: Money
        var isDisabled: Bool
        var expiresAt: Timestamp?
    }

    private static let find = SQL(
        """
        SELECT k.month_quota, COALESCE(m.fee, 0), k.balance, k.is_strict, k.total_fee, k.is_disabled, k.expires_at
        FROM api_keys k LEFT JOIN key_months m ON m.key_id = k.id AND m.month = ? WHERE k.id = ?
        """)
    private static let setMonth = SQL(
        """
        INSERT INTO key_months (key_id, month, fee) VALUES (?, ?, ?)
        ON CONFLICT (key_id, month) DO UPDATE SET fee = excluded.fee
        """)
    private static let setTotals = SQL(
        "UPDATE api_keys SET balance = ?, total_fee = ?, last_used_at = ? WHERE id = ?")

    /// Nil when the key was deleted.
    static func find(_ key: KeyID, month: BillingMonth, on connection: Connection) throws(Failure) -> Account? {
        try connection.first(find, month, key) { row in
            let purse = Purse(
                monthQuota: row.optionalMoney(), monthFee: row.money(), balance: row.money(), isStrict: row.bool())
            return Account(
                purse: purse, totalFee: row.money(), isDisabled: row.bool(), expiresAt: row.optionalTime())
        }
    }

    /// Writes an account's sums, and with `month` the fees of that month.
    ///
    /// As new totals rather than as increments: the transaction holds the write lock, and ``Money`` saturates where
    /// SQLite's sum would turn into a binary fraction.
    static func write(
        _ account: Account, of key: KeyID, month: BillingMonth?, usedAt time: Timestamp, on connection: Connection
    ) throws(Failure) {
        if let month { try connection.execute(setMonth, key, month, account.purse.monthFee) }
        try connection.execute(setTotals, account.purse.balance, account.totalFee, time, key)
    }
}

internal import Core

/// What the rows of the ledger add up to, key by key.
///
/// Added up here and not by SQLite, whose sums fail where ``Money`` saturates, and which would sort all rows to group them.
/// They begin with what rows that retention removed had summed up to (ADR 12).
struct LedgerSums {
    struct Account {
        var monthFees: [BillingMonth: Money] = [:]
        var totalFee = Money.zero
        /// Payments less what fees took off the balance.
        var balance = Money.zero
    }

    private static let carried = SQL("SELECT key_id, month, fee, fee_balance FROM ledger_carried")
    private static let allThreads = SQL("SELECT key_id, month, fee, fee_balance FROM threads")
    private static let allPayments = SQL("SELECT key_id, amount FROM payments")

    private(set) var accounts: [KeyID: Account] = [:]
    private(set) var threads = 0
    private(set) var payments = 0

    /// Reads every row. Within a transaction of the caller's.
    init(of connection: Connection) throws(Failure) {
        try connection.forEach(Self.carried, []) { row in
            addFee(&row)
            return true
        }
        try connection.forEach(Self.allThreads, []) { row in
            addFee(&row)
            threads += 1
            return true
        }
        try connection.forEach(Self.allPayments, []) { row in
            accounts[row.id(KeyID.self), default: Account()].balance.add(row.money())
            payments += 1
            return true
        }
    }

    private mutating func addFee(_ row: inout Row) {
        let key = row.id(KeyID.self)
        let month = BillingMonth(text: row.text())
        let fee = row.money()
        accounts[key, default: Account()].monthFees[month, default: .zero].add(fee)
        accounts[key, default: Account()].totalFee.add(fee)
        accounts[key, default: Account()].balance.add(Money.zero - row.money())
    }
}

extension Money {
    fileprivate mutating func add(_ other: Money) { self = self + other }
}

internal import Core

/// Adds the ledger up anew and compares: the fees of each key's months and their sum with its threads, its balance with
/// its payments less what fees took off it; threads that retention removed count with what they had summed up to. Rows of deleted keys stand for themselves; there is nothing to compare them with.
package struct LedgerVerification: Sendable, Equatable {
    /// By key, then month fees, total fee, balance.
    package private(set) var differences: [LedgerDifference] = []
    package private(set) var keys = 0
    /// Rows that were read, those of deleted keys among them.
    package let threads: Int
    package let payments: Int

    /// Reads one state of the database, in one read transaction of a connection that cannot write: right also while
    /// workers settle calls. Blocks, for as long as it takes to read all records.
    package static func run(database path: String) throws(StorageOpenError) -> LedgerVerification {
        do throws(Failure) {
            let connection = try InspectedDatabase.open(path)
            return try connection.transaction(.read) { () throws(Failure) in try LedgerVerification(of: connection) }
        } catch {
            throw InspectedDatabase.openError(error, path)
        }
    }

    private static let allKeys = SQL("SELECT id, name, total_fee, balance FROM api_keys ORDER BY id")
    private static let allMonths = SQL("SELECT key_id, month, fee FROM key_months")

    private init(of connection: Connection) throws(Failure) {
        let sums = try LedgerSums(of: connection)
        threads = sums.threads
        payments = sums.payments
        var months: [KeyID: [BillingMonth: Money]] = [:]
        try connection.forEach(Self.allMonths, []) { row in
            months[row.id(), default: [:]][BillingMonth(text: row.text())] = row.money()
            return true
        }
        try connection.forEach(Self.allKeys, []) { row in
            let id = row.id(KeyID.self)
            let name = row.text()
            keys += 1
            let account = sums.accounts[id] ?? LedgerSums.Account()
            let stored = months[id] ?? [:]
            for month in Set(stored.keys).union(account.monthFees.keys).sorted(by: { $0.text < $1.text }) {
                // A month without a fee has no row.
                compare(
                    .monthFee(month), stored[month] ?? .zero, account.monthFees[month] ?? .zero, of: id, name)
            }
            compare(.totalFee, row.money(), account.totalFee, of: id, name)
            compare(.balance, row.money(), account.balance, of: id, name)
            return true
        }
    }

    private mutating func compare(
        _ number: LedgerDifference.Number, _ stored: Money, _ computed: Money, of key: KeyID, _ name: String
    ) {
        guard stored != computed else { return }
        differences.append(
            LedgerDifference(keyID: key, keyName: name, number: number, stored: stored, computed: computed))
    }
}

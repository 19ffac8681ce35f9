internal import Core

/// The accounts that calls of one transaction are charged to: each is read once and written once, however many calls of
/// its key end together.
///
/// Written when the transaction ends, or before a job that may look at them; until then the tables have the old sums.
struct OpenAccounts {
    private struct Entry {
        let month: BillingMonth
        var account: AccountTable.Account
        var hasFee: Bool
        var usedAt: Timestamp
    }

    private var entries: [KeyID: Entry] = [:]

    var isEmpty: Bool { entries.isEmpty }

    /// Charges a call's fee to its key and month. Answers the part that came off the balance; zero when the key is gone.
    mutating func charge(
        _ settlement: Settlement, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> Money {
        let key = settlement.keyID
        let fee = settlement.call.fee
        // The last calls of a month and the first of the next end together.
        if let entry = entries[key], entry.month != settlement.month { try write(on: connection) }
        var known = entries[key]?.account
        if known == nil { known = try AccountTable.find(key, month: settlement.month, on: connection) }
        guard var account = known else { return .zero }
        let part = account.purse.balancePart(of: fee)
        account.purse = account.purse.charged(fee)
        account.totalFee = account.totalFee + fee
        let hasFee = entries[key]?.hasFee == true || fee != .zero
        entries[key] = Entry(month: settlement.month, account: account, hasFee: hasFee, usedAt: time)
        return part
    }

    /// Writes what was charged into the tables.
    mutating func write(on connection: Connection) throws(Failure) {
        for (key, entry) in entries {
            try AccountTable.write(
                entry.account, of: key, month: entry.hasFee ? entry.month : nil, usedAt: entry.usedAt, on: connection)
        }
        entries = [:]
    }
}

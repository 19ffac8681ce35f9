internal import Core

/// What records that are removed together add up to.
///
/// Written as new totals, with the ledger's own arithmetic, as ``AccountTable`` does.
struct CarriedSums {
    private struct Bill: Hashable {
        let key: KeyID
        let month: BillingMonth
    }

    private struct Fees {
        var fee = Money.zero
        var feeBalance = Money.zero
    }

    private struct Day: Hashable {
        let number: Int64
        let key: KeyID
        let model: String
    }

    private var fees: [Bill: Fees] = [:]
    private var usage: [Day: (CarriedUsage, keyName: String)] = [:]

    init(of records: [AgedRecord]) {
        for record in records {
            let bill = Bill(key: record.keyID, month: record.month)
            var sums = fees[bill] ?? Fees()
            sums.fee = sums.fee + record.fee
            sums.feeBalance = sums.feeBalance + record.feeBalance
            fees[bill] = sums
            let day = Day(
                number: record.createdAt.milliseconds / 86_400_000, key: record.keyID, model: record.usage.model)
            var total = usage[day]?.0 ?? CarriedUsage(model: record.usage.model)
            total.add(record.usage)
            usage[day] = (total, record.keyName)
        }
    }

    private static let findFees = SQL("SELECT fee, fee_balance FROM ledger_carried WHERE key_id = ? AND month = ?")
    private static let setFees = SQL(
        """
        INSERT INTO ledger_carried (key_id, month, fee, fee_balance) VALUES (?, ?, ?, ?)
        ON CONFLICT (key_id, month) DO UPDATE SET fee = excluded.fee, fee_balance = excluded.fee_balance
        """)
    private static let findUsage = SQL(
        """
        SELECT calls, errors, tokens_in, tokens_out, tokens_cache_read, tokens_cache_write, fee FROM usage_carried
        WHERE day = ? AND key_id = ? AND model = ?
        """)
    private static let setUsage = SQL(
        """
        INSERT INTO usage_carried (day, key_id, model, key_name, calls, errors, tokens_in, tokens_out, tokens_cache_read,
            tokens_cache_write, fee)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (day, key_id, model) DO UPDATE SET key_name = excluded.key_name, calls = excluded.calls,
            errors = excluded.errors, tokens_in = excluded.tokens_in, tokens_out = excluded.tokens_out,
            tokens_cache_read = excluded.tokens_cache_read, tokens_cache_write = excluded.tokens_cache_write,
            fee = excluded.fee
        """)

    /// Adds them to what earlier batches carried.
    func write(on connection: Connection) throws(Failure) {
        for (bill, sums) in fees {
            var total = sums
            try connection.forEach(Self.findFees, [bill.key, bill.month]) { row in
                total.fee = row.money() + sums.fee
                total.feeBalance = row.money() + sums.feeBalance
                return false
            }
            try connection.execute(Self.setFees, bill.key, bill.month, total.fee, total.feeBalance)
        }
        for (day, (sums, keyName)) in usage {
            var total = sums
            try connection.forEach(Self.findUsage, [day.number, day.key, day.model]) { row in
                total.add(
                    CarriedUsage(
                        calls: row.int(), errors: row.int(), tokensIn: row.int(), tokensOut: row.int(),
                        tokensCacheRead: row.int(), tokensCacheWrite: row.int(), fee: row.money(), model: day.model))
                return false
            }
            try connection.execute(
                Self.setUsage, day.number, day.key, day.model, keyName, total.calls, total.errors, total.tokensIn,
                total.tokensOut, total.tokensCacheRead, total.tokensCacheWrite, total.fee)
        }
    }
}

internal import Core

/// What a key has to spend when a call asks for admission: the arithmetic of admission and settlement, apart from
/// where the numbers are kept.
struct Purse: Sendable, Equatable {
    /// Nil: no limit.
    var monthQuota: Money?
    /// All fees of the month before this call.
    var monthFee: Money
    var balance: Money
    var isStrict: Bool

    enum Verdict: Sendable, Equatable {
        case admitted, held, exhausted
    }

    /// What of the month's quota is unspent.
    private func unspentQuota(_ quota: Money) -> Money { max(quota - monthFee, .zero) }

    /// Whether a call that may cost up to `amount` can begin beside the key's other live holds, of which `held` is the
    /// sum and `holds` the number.
    ///
    /// While anything is left one call is let through even if it may cost more, provided that no other is under way; a
    /// key overshoots by at most that call. With nothing left not even a free call is admitted: a key without quota
    /// and balance can only list models.
    func verdict(on amount: Money, held: Money, holds: Int) -> Verdict {
        guard let monthQuota else { return .admitted }
        let left = unspentQuota(monthQuota) + balance
        guard left > .zero else { return .exhausted }
        if held + amount <= left { return .admitted }
        if isStrict { return amount <= left ? .held : .exhausted }
        return holds == 0 ? .admitted : .held
    }

    /// The purse after fees of this month.
    func charged(_ fee: Money) -> Purse {
        var purse = self
        purse.monthFee = monthFee + fee
        purse.balance = balance - balancePart(of: fee)
        return purse
    }

    /// The part of `fee` that passes the month's quota and so comes off the balance.
    func balancePart(of fee: Money) -> Money {
        guard let monthQuota else { return .zero }
        return max(fee - unspentQuota(monthQuota), .zero)
    }
}

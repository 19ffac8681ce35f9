package import Core

/// A number of a key that its rows do not bear out.
package struct LedgerDifference: Sendable, Equatable, CustomStringConvertible {
    package enum Number: Sendable, Hashable {
        case monthFee(BillingMonth)
        case totalFee
        case balance
    }

    package let keyID: KeyID
    package let keyName: String
    package let number: Number
    /// What stands with the key.
    package let stored: Money
    /// What the threads and payments of the key, and what removed threads had summed up to, add up to.
    package let computed: Money

    package init(keyID: KeyID, keyName: String, number: Number, stored: Money, computed: Money) {
        self.keyID = keyID
        self.keyName = keyName
        self.number = number
        self.stored = stored
        self.computed = computed
    }

    /// Money in dollars, with its sign and all digits.
    package var description: String {
        let name =
            switch number {
            case .monthFee(let month): "month_fee of \(month.text)"
            case .totalFee: "total_fee"
            case .balance: "balance"
            }
        return "key \(keyID) (\(keyName)): \(name) is stored as \(stored.dollars), its rows say \(computed.dollars)"
    }
}

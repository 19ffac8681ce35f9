/// Money that was put on a key's balance, or taken off it, by hand.
package struct PaymentRecord: Sendable, Equatable {
    package var id: Int64
    package var keyID: KeyID
    /// The key's name at that time; the key may be gone.
    package var keyName: String
    /// Negative for an adjustment that takes money off.
    package var amount: Money
    package var balanceAfter: Money
    package var note: String
    package var author: Operator
    package var createdAt: Timestamp

    package init(
        id: Int64, keyID: KeyID, keyName: String, amount: Money, balanceAfter: Money, note: String, author: Operator,
        createdAt: Timestamp
    ) {
        self.id = id
        self.keyID = keyID
        self.keyName = keyName
        self.amount = amount
        self.balanceAfter = balanceAfter
        self.note = note
        self.author = author
        self.createdAt = createdAt
    }
}

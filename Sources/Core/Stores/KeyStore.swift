package import EventLoop

/// Keys, and the money on them.
///
/// `month` names the month whose fees a record shows. Point look-ups run on the loop and see every committed change of
/// every process; lists run on a reader thread. A write returns once it is durable, with its audit row.
@LoopActor
package protocol KeyStore: Sendable {
    func key(_ target: KeyTarget, month: BillingMonth) throws(StorageError) -> KeyRecord?
    /// The key of a call. As current as ``key(_:month:)`` but for its money, which may be some milliseconds old.
    func caller(_ hash: KeyHash, month: BillingMonth) throws(StorageError) -> KeyRecord?
    func keys(_ filter: KeyFilter, page: PageRequest, month: BillingMonth) async throws(StorageError) -> Page<KeyRecord>
    func create(_ key: NewKey, by operator: Operator) async throws(StorageError) -> KeyRecord
    /// All of them, in one transaction, or none.
    func create(_ keys: [NewKey], by operator: Operator) async throws(StorageError) -> [KeyRecord]
    /// Gives the key another text. The text before it, and older ones that still worked, go on working until `overlapEnd`
    /// at the latest; with nil they end at once.
    func replaceText(
        of id: KeyID, with text: KeyText, overlapEnd: Timestamp?, by operator: Operator
    ) async throws(StorageError) -> KeyRecord
    func update(_ id: KeyID, _ changes: KeyChanges, by operator: Operator) async throws(StorageError) -> KeyRecord
    /// Adds `amount` (negative for an adjustment) to the balance and writes the payment row, in one transaction.
    func recharge(
        _ target: KeyTarget, amount: Money, note: String, by operator: Operator
    ) async throws(StorageError)
        -> KeyRecord
    /// Records and payments stay, marked with the key's name.
    func delete(_ id: KeyID, by operator: Operator) async throws(StorageError)
}

/// Which keys to list; nil means any.
package struct KeyFilter: Sendable, Equatable {
    /// Part of the name or e-mail address.
    package var text: String?
    package var name: String?
    package var groupID: GroupID?
    package var role: KeyRecord.Role?

    package init(text: String? = nil, name: String? = nil, groupID: GroupID? = nil, role: KeyRecord.Role? = nil) {
        self.text = text
        self.name = name
        self.groupID = groupID
        self.role = role
    }
}

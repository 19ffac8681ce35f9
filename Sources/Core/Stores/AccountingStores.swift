package import EventLoop

/// Reads of what operators put on balances.
@LoopActor
package protocol PaymentStore: Sendable {
    /// `key`: only that key's payments, also after its deletion.
    func payments(key: KeyID?, page: PageRequest) async throws(StorageError) -> Page<PaymentRecord>
}

/// Who changed what and when. Stores write a row with each of their changes; routes only read, and note what leaves no
/// other trace.
@LoopActor
package protocol AuditStore: Sendable {
    func audit(_ filter: AuditFilter, page: PageRequest) async throws(StorageError) -> Page<AuditRecord>
    /// Notes something that changes no row but is worth knowing about.
    func note(_ action: String, _ subject: String, by operator: Operator) async throws(StorageError)
}

package struct AuditFilter: Sendable, Equatable {
    /// Part of the operator's name, the action, the subject or the changes.
    package var text: String?
    package var action: String?
    package var subject: String?
    package var operatorID: KeyID?
    /// Inclusive.
    package var from: Timestamp?
    /// Exclusive.
    package var to: Timestamp?

    package init() {}
}

/// Sums over the ledger.
@LoopActor
package protocol StatisticsStore: Sendable {
    func totals() async throws(StorageError) -> SiteTotals
    func usage(
        _ grouping: UsageGrouping, _ filter: UsageFilter, page: PageRequest
    ) async throws(StorageError) -> Page<UsageRecord>
    /// Of the newest calls of a key; nil: of all keys.
    func latency(_ key: KeyID?) async throws(StorageError) -> LatencySummary
}

/// Which calls to sum up; nil means any.
package struct UsageFilter: Sendable, Equatable {
    package var keyID: KeyID?
    package var model: String?
    /// Inclusive.
    package var from: Timestamp?
    /// Exclusive.
    package var to: Timestamp?

    package init(keyID: KeyID? = nil, model: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil) {
        self.keyID = keyID
        self.model = model
        self.from = from
        self.to = to
    }
}

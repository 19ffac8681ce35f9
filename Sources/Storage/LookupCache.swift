internal import CLinux
internal import Core
internal import EventLoop

/// What calls looked up last, as long as no process has changed keys, models, groups or rights since.
///
/// An entry holds under the catalog generation that it was read under, and never longer than ``validity``: a change that
/// was made past Brook, in the file itself, is seen after that. The fees and the balance in a key's record may be older,
/// and admissions do not rely on them, but on its ``Account``.
struct LookupCache {
    /// What a key had to spend, to which ``SharedHolds`` adds what its calls were charged since.
    struct Account {
        let purse: Purse
        let month: BillingMonth
        let moment: SharedHolds.Moment
    }

    /// A model by its name, as one key finds it.
    struct ModelQuery: Hashable {
        let name: String
        let key: KeyID
        let group: GroupID?
    }

    private struct Entry<Value> {
        let value: Value
        let generation: Int
        let readAt: UInt64
    }

    private static let capacity = 1000

    /// Zero: nothing is kept.
    private let validity: UInt64
    private var keys: [KeyHash: Entry<KeyRecord>] = [:]
    private var month: BillingMonth?
    private var models: [ModelQuery: Entry<FoundModel>] = [:]
    private var accounts: [KeyID: Entry<Account>] = [:]

    init(validity: Duration) { self.validity = validity.nanosecondsClamped }

    func key(_ hash: KeyHash, month: BillingMonth, generation: Int) -> KeyRecord? {
        guard self.month == month else { return nil }
        return valid(keys[hash], generation)
    }

    mutating func note(_ key: KeyRecord, _ hash: KeyHash, month: BillingMonth, generation: Int) {
        guard validity > 0 else { return }
        if keys.count >= Self.capacity || self.month != month { keys.removeAll(keepingCapacity: true) }
        self.month = month
        keys[hash] = Entry(value: key, generation: generation, readAt: brook_monotonic_ns())
    }

    func model(_ query: ModelQuery, generation: Int) -> FoundModel? { valid(models[query], generation) }

    mutating func note(_ model: FoundModel, _ query: ModelQuery, generation: Int) {
        guard validity > 0 else { return }
        if models.count >= Self.capacity { models.removeAll(keepingCapacity: true) }
        models[query] = Entry(value: model, generation: generation, readAt: brook_monotonic_ns())
    }

    func account(_ key: KeyID, month: BillingMonth, generation: Int) -> Account? {
        guard let account = valid(accounts[key], generation), account.month == month else { return nil }
        return account
    }

    mutating func note(_ account: Account, of key: KeyID, generation: Int) {
        guard validity > 0 else { return }
        if accounts.count >= Self.capacity { accounts.removeAll(keepingCapacity: true) }
        accounts[key] = Entry(value: account, generation: generation, readAt: brook_monotonic_ns())
    }

    private func valid<Value>(_ entry: Entry<Value>?, _ generation: Int) -> Value? {
        guard let entry, entry.generation == generation else { return nil }
        return brook_monotonic_ns() - entry.readAt < validity ? entry.value : nil
    }
}

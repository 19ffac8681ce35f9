internal import Core

/// What keys had to spend when they were last looked up, each with the generation of ``SharedHolds`` that it was read
/// under. A hold that can be placed under that generation is right; for any other answer the account is read anew.
struct KnownAccounts {
    struct Entry {
        let purse: Purse
        let month: BillingMonth
        let generation: Int

        init(_ purse: Purse, month: BillingMonth, under generation: Int) {
            self.purse = purse
            self.month = month
            self.generation = generation
        }
    }

    private static let capacity = 1000
    private var entries: [KeyID: Entry] = [:]

    subscript(_ request: HoldRequest) -> Entry? {
        guard let entry = entries[request.keyID], entry.month == request.month else { return nil }
        return entry
    }

    mutating func note(_ key: KeyRecord, month: BillingMonth, under generation: Int) {
        // Calls of other keys take no hold.
        guard let quota = key.monthQuota, !key.isDisabled else { return }
        let purse = Purse(monthQuota: quota, monthFee: key.monthFee, balance: key.balance, isStrict: key.isStrict)
        note(Entry(purse, month: month, under: generation), of: key.id)
    }

    mutating func note(_ entry: Entry, of key: KeyID) {
        if entries.count >= Self.capacity { entries.removeAll(keepingCapacity: true) }
        entries[key] = entry
    }
}

package import Core

extension SQLiteStorage: KeyStore {
    package func key(_ target: KeyTarget, month: BillingMonth) throws(StorageError) -> KeyRecord? {
        let now = clock.now
        return try lookup { connection throws(Failure) in
            try KeyTable.find(target, month: month, at: now, on: connection)
        }
    }

    package func caller(_ hash: KeyHash, month: BillingMonth) throws(StorageError) -> KeyRecord? {
        let generation = holds.catalogGeneration
        if let known = cache.key(hash, month: month, generation: generation) { return known }
        let ended = holds.generation
        let record = try lookup { connection throws(Failure) in
            try KeyTable.find(.hash(hash), month: month, on: connection)
        }
        if let record {
            cache.note(record, hash, month: month, generation: generation)
            noteAccount(of: record, month: month, generation: generation, unlessAfter: ended)
            return record
        }
        // A text that was replaced ends at a time, which changes no row: it is not remembered.
        let now = clock.now
        return try lookup { connection throws(Failure) in
            try KeyTable.find(retired: hash, month: month, at: now, on: connection)
        }
    }

    /// The look-up that authenticates a request serves its admission too, unless a call has ended since the generation
    /// `ended` of the holds: then the record may have that call's fee or not.
    private func noteAccount(of key: KeyRecord, month: BillingMonth, generation: Int, unlessAfter ended: Int) {
        // Calls of other keys are admitted without their account.
        guard let quota = key.monthQuota, !key.isDisabled else { return }
        let moment = holds.moment(of: key.id)
        guard moment.generation == ended else { return }
        let purse = Purse(monthQuota: quota, monthFee: key.monthFee, balance: key.balance, isStrict: key.isStrict)
        cache.note(
            LookupCache.Account(purse: purse, month: month, moment: moment), of: key.id, generation: generation)
    }

    package func keys(
        _ filter: KeyFilter, page: PageRequest, month: BillingMonth
    ) async throws(StorageError) -> Page<KeyRecord> {
        try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: KeyTable.columns, source: KeyTable.source, orders: KeyTable.orders, serial: "k.id",
                arguments: [month])
            query.match(text: filter.text, in: ["k.name", "k.email"])
            query.match("k.name = ?", filter.name)
            query.match("k.group_id = ?", filter.groupID)
            query.match("k.role = ?", filter.role?.rawValue)
            return try query.run(on: connection, page, decode: KeyTable.decode)
        }
    }

    package func create(_ key: NewKey, by operator: Operator) async throws(StorageError) -> KeyRecord {
        let now = clock.now
        return try await write { connection throws(Failure) in
            try KeyTable.create(key, by: `operator`, at: now, on: connection)
        }
    }

    package func create(_ keys: [NewKey], by operator: Operator) async throws(StorageError) -> [KeyRecord] {
        let now = clock.now
        return try await write { connection throws(Failure) in
            var records: [KeyRecord] = []
            for key in keys {
                records.append(try KeyTable.create(key, by: `operator`, at: now, on: connection))
            }
            return records
        }
    }

    package func replaceText(
        of id: KeyID, with text: KeyText, overlapEnd: Timestamp?, by operator: Operator
    ) async throws(StorageError) -> KeyRecord {
        let now = clock.now
        return try await write { connection throws(Failure) in
            _ = try KeyTable.require(.id(id), month: now.month, on: connection)
            try RetiredKeyTable.replace(id, with: text, overlapEnd: overlapEnd, at: now, on: connection)
            let noted: JSONObject = ["api_key": .string(text.masked), "old_key_valid_until": overlapEnd.json]
            try AuditTable.record("key.reset", "key:\(id)", noted, by: `operator`, at: now, on: connection)
            return try KeyTable.require(.id(id), month: now.month, on: connection)
        }
    }

    package func update(
        _ id: KeyID, _ changes: KeyChanges, by operator: Operator
    ) async throws(StorageError) -> KeyRecord {
        let now = clock.now
        return try await write { connection throws(Failure) in
            var record = try KeyTable.require(.id(id), month: now.month, on: connection)
            let noted = record.apply(changes)
            guard !noted.isEmpty else { return record }
            try KeyTable.update(record, at: now, on: connection)
            try AuditTable.record("key.update", "key:\(id)", noted, by: `operator`, at: now, on: connection)
            return try KeyTable.require(.id(id), month: now.month, on: connection)
        }
    }

    package func recharge(
        _ target: KeyTarget, amount: Money, note: String, by operator: Operator
    ) async throws(StorageError) -> KeyRecord {
        let now = clock.now
        return try await write { connection throws(Failure) in
            guard var record = try KeyTable.find(target, month: now.month, at: now, on: connection) else {
                throw .refused(.notFound("key"))
            }
            record.balance = record.balance + amount
            guard record.balance.nanodollars.magnitude <= Money.maximum.nanodollars.magnitude else {
                let most = Money.maximum.dollars
                throw .refused(.conflict(field: "balance", message: "The balance would pass \(most) dollars."))
            }
            record.updatedAt = now
            try KeyTable.setBalance(record.balance, of: record.id, at: now, on: connection)
            try PaymentTable.record(amount, on: record, note: note, by: `operator`, at: now, on: connection)
            let noted: JSONObject = ["amount": amount.json, "balance": record.balance.json]
            try AuditTable.record(
                "key.recharge", "key:\(record.id)", noted, by: `operator`, at: now, on: connection)
            return record
        }
    }

    package func delete(_ id: KeyID, by operator: Operator) async throws(StorageError) {
        let now = clock.now
        try await write { connection throws(Failure) in
            let record = try KeyTable.require(.id(id), month: now.month, on: connection)
            try KeyTable.delete(id, on: connection)
            let noted: JSONObject = ["name": .string(record.name), "balance": record.balance.json]
            try AuditTable.record("key.delete", "key:\(id)", noted, by: `operator`, at: now, on: connection)
        }
    }
}

extension KeyTable {
    /// Inserts the key with its first payment and its audit row.
    fileprivate static func create(
        _ key: NewKey, by author: Operator, at now: Timestamp, on connection: Connection
    ) throws(Failure) -> KeyRecord {
        try RetiredKeyTable.demandUnused(key.hash, on: connection)
        let id = try insert(key, at: now, on: connection)
        let record = try require(.id(id), month: now.month, on: connection)
        if key.balance != .zero {
            try PaymentTable.record(
                key.balance, on: record, note: "initial balance", by: author, at: now, on: connection)
        }
        let noted: JSONObject = [
            "name": .string(key.name), "role": .string(key.role.rawValue), "month_quota": key.monthQuota.json,
            "balance": key.balance.json,
        ]
        try AuditTable.record("key.create", "key:\(id)", noted, by: author, at: now, on: connection)
        return record
    }
}

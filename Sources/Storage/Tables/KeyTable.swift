internal import Core

/// The rows of keys.
enum KeyTable {
    static let columns = """
        k.id, k.name, k.email, k.role, k.group_id, g.name, k.masked_key, k.month_quota, COALESCE(m.fee, 0), k.balance, \
        k.total_fee, k.rpm, k.tpm, k.max_parallel, k.is_strict, k.is_disabled, k.records_text, k.expires_at, \
        k.last_used_at, k.created_at, k.updated_at
        """
    /// Its one placeholder is the month whose fees are shown.
    static let source = """
        api_keys k LEFT JOIN key_groups g ON g.id = k.group_id \
        LEFT JOIN key_months m ON m.key_id = k.id AND m.month = ?
        """
    static let orders = [
        "id": "k.id", "name": "k.name", "email": "k.email", "role": "k.role", "group_name": "g.name",
        "month_quota": "k.month_quota", "month_fee": "COALESCE(m.fee, 0)", "balance": "k.balance",
        "total_fee": "k.total_fee", "expires_at": "k.expires_at", "last_used_at": "k.last_used_at",
        "created_at": "k.created_at", "updated_at": "k.updated_at",
    ]

    private static let byID = SQL("SELECT \(columns) FROM \(source) WHERE k.id = ?")
    private static let byHash = SQL("SELECT \(columns) FROM \(source) WHERE k.hash = ?")

    static func find(
        _ target: KeyTarget, month: BillingMonth, on connection: Connection
    ) throws(Failure) -> KeyRecord? {
        switch target {
        case .id(let id): try connection.first(byID, month, id, decode: decode)
        case .hash(let hash): try connection.first(byHash, month, hash.bytes, decode: decode)
        }
    }

    static func require(
        _ target: KeyTarget, month: BillingMonth, on connection: Connection
    ) throws(Failure) -> KeyRecord {
        guard let record = try find(target, month: month, on: connection) else { throw .refused(.notFound("key")) }
        return record
    }

    private static let present = SQL("SELECT 1 FROM api_keys WHERE id = ?")

    /// For a field that names a key.
    static func demand(_ id: KeyID, on connection: Connection) throws(Failure) {
        guard try connection.exists(present, id) else { throw .refused(.unknownReference(field: "key_id")) }
    }

    static func decode(_ row: inout Row) -> KeyRecord {
        let id = row.id(KeyID.self)
        let name = row.text()
        let email = row.text()
        // An unknown role gets the smaller right.
        let role = KeyRecord.Role(rawValue: row.text()) ?? .user
        return KeyRecord(
            id: id, name: name, email: email, role: role, groupID: row.optionalID(), groupName: row.optionalText(),
            maskedKey: row.text(), monthQuota: row.optionalMoney(), monthFee: row.money(), balance: row.money(),
            totalFee: row.money(), requestsPerMinute: row.int(), tokensPerMinute: row.int(), maxParallel: row.int(),
            isStrict: row.bool(), isDisabled: row.bool(), recordsText: row.bool(), expiresAt: row.optionalTime(),
            lastUsedAt: row.optionalTime(), createdAt: row.time(), updatedAt: row.time())
    }

    private static let hashTaken = SQL("SELECT 1 FROM api_keys WHERE hash = ?")
    private static let insert = SQL(
        """
        INSERT INTO api_keys (hash, masked_key, name, email, role, group_id, month_quota, balance, total_fee, rpm, tpm,
            max_parallel, is_strict, is_disabled, records_text, expires_at, last_used_at, created_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 0, ?, ?, NULL, ?, ?)
        """)

    static func insert(_ key: NewKey, at time: Timestamp, on connection: Connection) throws(Failure) -> KeyID {
        guard try !connection.exists(hashTaken, key.hash.bytes) else {
            throw .refused(.conflict(field: "api_key", message: "Another key has this text already."))
        }
        if let group = key.groupID { try GroupTable.demand(group, on: connection) }
        return try connection.insert(
            insert, key.hash.bytes, key.maskedKey, key.name, key.email, key.role.rawValue, key.groupID, key.monthQuota,
            key.balance, key.requestsPerMinute, key.tokensPerMinute, key.maxParallel, key.isStrict, key.recordsText,
            key.expiresAt, time, time)
    }

    private static let update = SQL(
        """
        UPDATE api_keys SET name = ?, email = ?, role = ?, group_id = ?, month_quota = ?, rpm = ?, tpm = ?,
            max_parallel = ?, is_strict = ?, is_disabled = ?, records_text = ?, expires_at = ?, updated_at = ?
        WHERE id = ?
        """)

    static func update(_ key: KeyRecord, at time: Timestamp, on connection: Connection) throws(Failure) {
        if let group = key.groupID { try GroupTable.demand(group, on: connection) }
        try connection.execute(
            update, key.name, key.email, key.role.rawValue, key.groupID, key.monthQuota, key.requestsPerMinute,
            key.tokensPerMinute, key.maxParallel, key.isStrict, key.isDisabled, key.recordsText, key.expiresAt, time,
            key.id)
    }

    private static let setBalance = SQL("UPDATE api_keys SET balance = ?, updated_at = ? WHERE id = ?")

    static func setBalance(
        _ balance: Money, of key: KeyID, at time: Timestamp, on connection: Connection
    ) throws(Failure) {
        try connection.execute(setBalance, balance, time, key)
    }

    private static let delete = SQL("DELETE FROM api_keys WHERE id = ?")

    /// Its months and rights go with it.
    static func delete(_ id: KeyID, on connection: Connection) throws(Failure) {
        try connection.execute(delete, id)
    }
}

extension KeyRecord {
    /// Writes the changes into this record; answers the fields that differ now, under the interface's names.
    mutating func apply(_ changes: KeyChanges) -> JSONObject {
        var noted = JSONObject()
        changes.name.apply(to: &name, "name", noting: &noted) { .string($0) }
        changes.email.apply(to: &email, "email", noting: &noted) { .string($0) }
        changes.role.apply(to: &role, "role", noting: &noted) { .string($0.rawValue) }
        changes.groupID.apply(to: &groupID, "group_id", noting: &noted) { $0?.json ?? .null }
        changes.monthQuota.apply(to: &monthQuota, "month_quota", noting: &noted) { $0.json }
        changes.requestsPerMinute.apply(to: &requestsPerMinute, "rpm", noting: &noted) { .int($0) }
        changes.tokensPerMinute.apply(to: &tokensPerMinute, "tpm", noting: &noted) { .int($0) }
        changes.maxParallel.apply(to: &maxParallel, "max_parallel", noting: &noted) { .int($0) }
        changes.isStrict.apply(to: &isStrict, "strict", noting: &noted) { .bool($0) }
        changes.isDisabled.apply(to: &isDisabled, "disabled", noting: &noted) { .bool($0) }
        changes.recordsText.apply(to: &recordsText, "records_text", noting: &noted) { .bool($0) }
        changes.expiresAt.apply(to: &expiresAt, "expires_at", noting: &noted) { $0.json }
        return noted
    }
}

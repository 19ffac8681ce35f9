internal import Core

/// Money set aside for calls that run.
enum HoldTable {
    /// More than any call costs; keeps the sum of a key's holds within 64 bits whatever prices were entered.
    private static let largest = Money(nanodollars: 100_000 * 1_000_000_000)

    private static let insert = SQL(
        """
        INSERT INTO holds (id, key_id, amount, pid, process_start, pid_namespace, boot_id, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    private static let setHeld = SQL("UPDATE api_keys SET held = ?, hold_count = ? WHERE id = ?")
    private static let delete = SQL("DELETE FROM holds WHERE id = ? AND key_id = ? RETURNING amount")
    private static let hasExpired = SQL("SELECT 1 FROM holds WHERE key_id = ? AND expires_at <= ? LIMIT 1")
    private static let deleteExpired = SQL("DELETE FROM holds WHERE key_id = ? AND expires_at <= ?")
    private static let recount = SQL(
        """
        UPDATE api_keys SET held = (SELECT COALESCE(SUM(amount), 0) FROM holds WHERE key_id = api_keys.id),
            hold_count = (SELECT COUNT(*) FROM holds WHERE key_id = api_keys.id)
        WHERE id = ?
        """)
    private static let owners = SQL("SELECT DISTINCT pid, process_start, pid_namespace, boot_id FROM holds")
    private static let anyExpired = SQL("SELECT 1 FROM holds WHERE expires_at <= ? LIMIT 1")
    private static let deleteAllExpired = SQL("DELETE FROM holds WHERE expires_at <= ?")
    private static let recountAll = SQL(
        """
        UPDATE api_keys SET held = (SELECT COALESCE(SUM(amount), 0) FROM holds WHERE key_id = api_keys.id),
            hold_count = (SELECT COUNT(*) FROM holds WHERE key_id = api_keys.id)
        WHERE hold_count <> 0
        """)
    private static let deleteOwned = SQL(
        "DELETE FROM holds WHERE pid = ? AND process_start = ? AND pid_namespace = ? AND boot_id = ?")

    /// Drops the key's holds whose time is over, so that its account counts the live ones alone.
    static func dropExpired(of key: KeyID, at time: Timestamp, on connection: Connection) throws(Failure) {
        guard try connection.exists(hasExpired, key, time) else { return }
        try connection.execute(deleteExpired, key, time)
        try connection.execute(recount, key)
    }

    /// Numbers are random: one that comes back after a sweep must never name another call's hold.
    static func place(
        _ request: HoldRequest, on purse: Purse, owner: ProcessIdentity, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> HoldID {
        let id = HoldID(rawValue: Int64.random(in: 1...Int64.max))
        let amount = min(request.amount, largest)
        try connection.execute(
            insert, id, request.keyID, amount, Int64(owner.processID), owner.startTicks, owner.pidNamespace,
            owner.bootID, time, request.expiresAt)
        try connection.execute(setHeld, purse.held + amount, purse.holds + 1, request.keyID)
        return id
    }

    /// Takes the hold away; answers its amount, nil when it was gone before. The caller writes the key's account.
    static func remove(_ hold: HoldID, of key: KeyID, on connection: Connection) throws(Failure) -> Money? {
        try connection.first(delete, hold, key) { $0.money() }
    }

    /// The owners of holds that have certainly ended.
    static func deadOwners(
        seenBy owner: ProcessIdentity, on connection: Connection
    ) throws(Failure) -> [ProcessIdentity] {
        let all = try connection.all(owners) { row in
            ProcessIdentity(
                processID: Int32(truncatingIfNeeded: row.integer()), startTicks: row.integer(),
                pidNamespace: row.integer(), bootID: row.text())
        }
        return all.filter { $0 != owner && owner.knowsEnd(of: $0) }
    }

    static func hasExpired(at time: Timestamp, on connection: Connection) throws(Failure) -> Bool {
        try connection.exists(anyExpired, time)
    }

    /// Removes what has expired and what dead owners left; answers how many holds.
    static func sweep(
        owner: ProcessIdentity, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> Int {
        try connection.execute(deleteAllExpired, time)
        var count = connection.changes
        for dead in try deadOwners(seenBy: owner, on: connection) {
            try connection.execute(
                deleteOwned, Int64(dead.processID), dead.startTicks, dead.pidNamespace, dead.bootID)
            count += connection.changes
        }
        if count > 0 { try connection.execute(recountAll) }
        return count
    }
}

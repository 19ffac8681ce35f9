internal import Core

/// Money set aside for calls that run.
enum HoldTable {
    /// More than any call costs; keeps the sum of a key's holds within 64 bits whatever prices were entered.
    private static let largest = Money(nanodollars: 1_000_000 * 1_000_000_000)

    private static let live = SQL(
        "SELECT COALESCE(SUM(amount), 0), COUNT(*) FROM holds WHERE key_id = ? AND expires_at > ?")
    private static let insert = SQL(
        """
        INSERT INTO holds (id, key_id, amount, pid, process_start, pid_namespace, boot_id, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    private static let delete = SQL("DELETE FROM holds WHERE id = ? AND key_id = ?")
    private static let owners = SQL("SELECT DISTINCT pid, process_start, pid_namespace, boot_id FROM holds")
    private static let countExpired = SQL("SELECT COUNT(*) FROM holds WHERE expires_at <= ?")
    private static let deleteExpired = SQL("DELETE FROM holds WHERE expires_at <= ?")
    private static let deleteOwned = SQL(
        "DELETE FROM holds WHERE pid = ? AND process_start = ? AND pid_namespace = ? AND boot_id = ?")

    /// Sum and number of the key's holds that have not expired.
    static func live(
        of key: KeyID, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> (sum: Money, count: Int) {
        try connection.first(live, key, time) { ($0.money(), $0.int()) } ?? (.zero, 0)
    }

    /// Numbers are random: one that comes back after a sweep must never name another call's hold.
    static func place(
        _ request: HoldRequest, owner: ProcessIdentity, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> HoldID {
        let id = HoldID(rawValue: Int64.random(in: 1...Int64.max))
        try connection.execute(
            insert, id, request.keyID, min(request.amount, largest), Int64(owner.processID), owner.startTicks,
            owner.pidNamespace, owner.bootID, time, request.expiresAt)
        return id
    }

    static func remove(_ hold: HoldID, of key: KeyID, on connection: Connection) throws(Failure) {
        try connection.execute(delete, hold, key)
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
        try connection.first(countExpired, time) { $0.int() } ?? 0 > 0
    }

    /// Removes what has expired and what dead owners left; answers how many holds.
    static func sweep(
        owner: ProcessIdentity, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> Int {
        try connection.execute(deleteExpired, time)
        var count = connection.changes
        for dead in try deadOwners(seenBy: owner, on: connection) {
            try connection.execute(
                deleteOwned, Int64(dead.processID), dead.startTicks, dead.pidNamespace, dead.bootID)
            count += connection.changes
        }
        return count
    }
}

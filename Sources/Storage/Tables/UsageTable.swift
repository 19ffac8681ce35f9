internal import Core

/// Sums over threads, from the index `threads_usage` alone.
enum UsageTable {
    /// Fees are summed as dollars and the rest apart: a sum beyond 64 bits is an error in SQLite, and no list of usage
    /// should fail because a price was entered wrongly once.
    private static let sums = """
        COUNT(*) AS calls, COALESCE(SUM(status IN ('error', 'truncated')), 0) AS errors, \
        COALESCE(SUM(tokens_in), 0) AS tokens_in, COALESCE(SUM(tokens_out), 0) AS tokens_out, \
        COALESCE(SUM(tokens_cache_read), 0) AS tokens_cache_read, \
        COALESCE(SUM(tokens_cache_write + tokens_cache_write_1h), 0) AS tokens_cache_write, \
        COALESCE(SUM(fee / 1000000000), 0) AS fee_dollars, COALESCE(SUM(fee % 1000000000), 0) AS fee_rest
        """
    static let columns = """
        u.member, u.name, u.calls, u.errors, u.tokens_in, u.tokens_out, u.tokens_cache_read, u.tokens_cache_write, \
        u.fee_dollars, u.fee_rest
        """
    static let orders = [
        "group": "u.name", "calls": "u.calls", "errors": "u.errors", "tokens_in": "u.tokens_in",
        "tokens_out": "u.tokens_out", "tokens_cache_read": "u.tokens_cache_read",
        "tokens_cache_write": "u.tokens_cache_write", "fee": "u.fee_dollars + u.fee_rest * 1e-9",
    ]

    private static let days = "created_at / 86400000"

    private static let everything = SQL("SELECT \(sums) FROM threads INDEXED BY threads_usage")
    private static let counts = SQL(
        """
        SELECT (SELECT COUNT(*) FROM api_keys),
            (SELECT COUNT(*) FROM api_keys WHERE is_disabled = 0 AND (expires_at IS NULL OR expires_at > ?)),
            (SELECT COUNT(*) FROM key_groups), (SELECT COUNT(*) FROM models), (SELECT COUNT(*) FROM sessions)
        """)

    static func totals(at time: Timestamp, on connection: Connection) throws(Failure) -> SiteTotals {
        var totals = try connection.first(counts, time) { row in
            var totals = SiteTotals()
            totals.keys = row.int()
            totals.keysInForce = row.int()
            totals.groups = row.int()
            totals.models = row.int()
            totals.sessions = row.int()
            return totals
        }
        totals?.usage = try connection.first(everything, decode: sum) ?? UsageTotals()
        totals?.monthFee = try MonthFees.sum(at: time, on: connection)
        return totals ?? SiteTotals()
    }

    static func usage(
        _ grouping: UsageGrouping, _ filter: UsageFilter, page: PageRequest, on connection: Connection
    ) throws(Failure) -> Page<UsageRecord> {
        var conditions: [String] = []
        var arguments: [any SQLBindable & Sendable] = []
        func match(_ condition: String, _ value: (any SQLBindable & Sendable)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments.append(value)
        }
        match("key_id = ?", filter.keyID)
        match("model = ?", filter.model)
        match("created_at >= ?", filter.from)
        match("created_at < ?", filter.to)
        let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        // Told outright, because SQLite would follow the keys' index to group by key, and read every record for it.
        let table = filter.keyID == nil ? "threads INDEXED BY threads_usage" : "threads"
        let sums =
            "SELECT \(member(grouping)) AS member, \(sums) FROM \(table)\(condition) GROUP BY \(member(grouping))"
        var page = page
        if page.orderBy == nil {
            page.orderBy = grouping == .day ? "group" : "fee"
            page.isDescending = true
        }
        let query = ListQuery(
            columns: columns, source: "(SELECT s.*, \(name(grouping)) AS name FROM (\(sums)) s) u", orders: orders,
            serial: "u.member", arguments: arguments)
        return try query.run(on: connection, page) { row in
            let group = decode(grouping, &row)
            return UsageRecord(group: group, totals: sum(&row))
        }
    }

    /// What is grouped by.
    private static func member(_ grouping: UsageGrouping) -> String {
        switch grouping {
        case .day: days
        case .model: "model"
        case .key: "key_id"
        }
    }

    /// What a group is called and ordered by.
    private static func name(_ grouping: UsageGrouping) -> String {
        switch grouping {
        case .day, .model: "s.member"
        case .key:
            """
            COALESCE((SELECT k.name FROM api_keys k WHERE k.id = s.member), \
            (SELECT t.key_name FROM threads t WHERE t.key_id = s.member ORDER BY t.id DESC LIMIT 1))
            """
        }
    }

    private static func decode(_ grouping: UsageGrouping, _ row: inout Row) -> UsageRecord.Group {
        switch grouping {
        case .day:
            let day = CivilDate(daysSinceEpoch: row.int())
            row.skip()
            return .day(day)
        case .model:
            let model = row.text()
            row.skip()
            return .model(model)
        case .key:
            let id = row.id(KeyID.self)
            return .key(id, name: row.text())
        }
    }

    private static func sum(_ row: inout Row) -> UsageTotals {
        var totals = UsageTotals()
        totals.calls = row.int()
        totals.errors = row.int()
        totals.tokensIn = row.int()
        totals.tokensOut = row.int()
        totals.tokensCacheRead = row.int()
        totals.tokensCacheWrite = row.int()
        let dollars = row.integer()
        let rest = row.integer()
        let (whole, overflow) = dollars.multipliedReportingOverflow(by: 1_000_000_000)
        totals.fee = Money(nanodollars: overflow ? .max : whole) + Money(nanodollars: rest)
        return totals
    }
}

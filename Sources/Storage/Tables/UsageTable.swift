internal import Core

/// Sums over threads, from the index `threads_usage` alone, and over what retention carried of those that it removed.
/// These count as if they had been made at the beginning of their day.
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
    private static let carriedSums = """
        COALESCE(SUM(calls), 0) AS calls, COALESCE(SUM(errors), 0) AS errors, COALESCE(SUM(tokens_in), 0) AS tokens_in, \
        COALESCE(SUM(tokens_out), 0) AS tokens_out, COALESCE(SUM(tokens_cache_read), 0) AS tokens_cache_read, \
        COALESCE(SUM(tokens_cache_write), 0) AS tokens_cache_write, \
        COALESCE(SUM(fee / 1000000000), 0) AS fee_dollars, COALESCE(SUM(fee % 1000000000), 0) AS fee_rest
        """
    /// Of the two kinds of sums.
    private static let sumsOfSums = """
        SUM(calls) AS calls, SUM(errors) AS errors, SUM(tokens_in) AS tokens_in, SUM(tokens_out) AS tokens_out, \
        SUM(tokens_cache_read) AS tokens_cache_read, SUM(tokens_cache_write) AS tokens_cache_write, \
        SUM(fee_dollars) AS fee_dollars, SUM(fee_rest) AS fee_rest
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

    private static let millisecondsOfDay = 86_400_000
    private static let days = "created_at / \(millisecondsOfDay)"

    private static let everything = SQL(
        """
        SELECT \(sumsOfSums) FROM (SELECT \(sums) FROM threads INDEXED BY threads_usage
            UNION ALL SELECT \(carriedSums) FROM usage_carried)
        """)
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
        let found = conditions(filter, time: "created_at")
        let carried = conditions(filter, time: "day * \(millisecondsOfDay)")
        // Told outright, because SQLite would follow the keys' index to group by key, and read every record for it.
        let table = filter.keyID == nil ? "threads INDEXED BY threads_usage" : "threads"
        let sums = """
            SELECT member, \(sumsOfSums) FROM (
                SELECT \(member(grouping)) AS member, \(sums) FROM \(table)\(found.text) GROUP BY 1
                UNION ALL
                SELECT \(carriedMember(grouping)) AS member, \(carriedSums) FROM usage_carried\(carried.text) GROUP BY 1
            ) GROUP BY member
            """
        var page = page
        if page.orderBy == nil {
            page.orderBy = grouping == .day ? "group" : "fee"
            page.isDescending = true
        }
        let query = ListQuery(
            columns: columns, source: "(SELECT s.*, \(name(grouping)) AS name FROM (\(sums)) s) u", orders: orders,
            serial: "u.member", arguments: found.arguments + carried.arguments)
        return try query.run(on: connection, page) { row in
            let group = decode(grouping, &row)
            return UsageRecord(group: group, totals: sum(&row))
        }
    }

    private struct Conditions {
        var text = ""
        var arguments: [any SQLBindable & Sendable] = []

        mutating func match(_ condition: String, _ value: (any SQLBindable & Sendable)?) {
            guard let value else { return }
            text += (text.isEmpty ? " WHERE " : " AND ") + condition
            arguments.append(value)
        }
    }

    private static func conditions(_ filter: UsageFilter, time: String) -> Conditions {
        var conditions = Conditions()
        conditions.match("key_id = ?", filter.keyID)
        conditions.match("model = ?", filter.model)
        conditions.match("\(time) >= ?", filter.from)
        conditions.match("\(time) < ?", filter.to)
        return conditions
    }

    /// What is grouped by.
    private static func member(_ grouping: UsageGrouping) -> String {
        switch grouping {
        case .day: days
        case .model: "model"
        case .key: "key_id"
        }
    }

    private static func carriedMember(_ grouping: UsageGrouping) -> String {
        switch grouping {
        case .day: "day"
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
            (SELECT t.key_name FROM threads t WHERE t.key_id = s.member ORDER BY t.id DESC LIMIT 1), \
            (SELECT c.key_name FROM usage_carried c WHERE c.key_id = s.member ORDER BY c.day DESC LIMIT 1))
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

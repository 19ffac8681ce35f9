internal import Core
internal import EventLoop

/// Sums over the ledger: `/admin/statistics/…`.
@LoopActor
enum AdminStatisticsRoutes {
    nonisolated static let routes = [
        Route("GET", "/admin/statistics/total", .admin(total)),
        Route("GET", "/admin/statistics/usage", .admin(usage)),
        Route("GET", "/admin/statistics/latency", .admin(latency)),
    ]

    static func total(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await stored { try await call.services.stores.statistics.totals() }.row
    }

    static func usage(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await usage(call, key: try call.query.id("key_id"), groupings: UsageGrouping.allCases)
    }

    static func latency(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await latency(call, key: try call.query.id("key_id"))
    }

    static func latency(_ call: KeyedCall, key: KeyID?) async throws(GatewayError) -> JSONValue {
        try await stored { try await call.services.stores.statistics.latency(key) }.row
    }

    /// - Parameters:
    ///   - key: whose calls; nil: everybody's.
    ///   - groupings: those that the caller may ask for; the first is what they get without asking.
    static func usage(
        _ call: KeyedCall, key: KeyID?, groupings: [UsageGrouping]
    ) async throws(GatewayError) -> JSONValue {
        let query = call.query
        let grouping = try query.grouping(of: groupings)
        let column = grouping == .key ? "key_name" : grouping.rawValue
        var page = try query.page(orderedBy: [column] + UsageRecord.sortable)
        if page.orderBy == column { page.orderBy = "group" }
        let filter = UsageFilter(
            keyID: key, model: try query.text("model"), from: try query.time("from"), to: try query.time("to"))
        let wanted = page
        let usage = try await stored {
            try await call.services.stores.statistics.usage(grouping, filter, page: wanted)
        }
        return ManagementEnvelope.list(usage.items.map(\.row), total: usage.total, page: page)
    }
}

extension ListQuery {
    fileprivate func grouping(of known: [UsageGrouping]) throws(GatewayError) -> UsageGrouping {
        let text = try text("group_by")
        guard let grouping = text == nil ? known.first : known.first(where: { $0.rawValue == text }) else {
            let names = known.map(\.rawValue).joined(separator: ", ")
            throw .invalid("'group_by' must be one of \(names).", param: "group_by")
        }
        return grouping
    }
}

internal import Core
internal import EventLoop

/// Chat records: `/admin/session/…` and `/admin/thread/…`.
@LoopActor
enum AdminRecordRoutes {
    nonisolated static let routes = [
        Route("GET", "/admin/session/list", .admin(listSessions)),
        Route("GET", "/admin/thread/list", .admin(listThreads)),
    ]

    /// Rows with more text than this are made on a helper thread, since their tool calls must be parsed.
    private static let inlineText = 64 * 1024

    static func listSessions(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page(orderedBy: SessionRecord.sortable)
        let filter = SessionFilter(text: call.query.text("q"), keyID: try call.query.id("key_id"))
        let sessions = try await stored { try await call.services.stores.records.sessions(filter, page: page) }
        return ManagementEnvelope.list(
            sessions.items.map(\.row), total: sessions.total, isCapped: sessions.isTotalCapped, page: page)
    }

    static func listThreads(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let query = call.query
        let page = try query.page(orderedBy: ThreadRecord.sortable)
        var filter = ThreadFilter(text: try query.searched("q"), keyID: try query.id("key_id"))
        filter.sessionID = try query.id("session_id")
        filter.model = query.text("model")
        filter.from = try query.time("from")
        filter.to = try query.time("to")
        let final = filter
        let threads = try await stored { try await call.services.stores.records.threads(final, page: page) }
        let items = threads.items
        let toolText = items.reduce(0) { $0 + $1.call.toolCalls.utf8.count }
        let rows =
            toolText <= inlineText ? items.map(\.row) : await HelperPool.shared.run { items.map(\.row) }
        return ManagementEnvelope.list(rows, total: threads.total, isCapped: threads.isTotalCapped, page: page)
    }
}

internal import Core
internal import EventLoop

/// What administrators and users are told of sessions and threads. `key` is the one whose rows may be seen; nil: all.
@LoopActor
enum RecordAnswers {
    /// Rows with more text than this are made on a helper thread, since JSON in them must be parsed.
    private static let inlineText = 64 * 1024

    static func sessions(_ call: KeyedCall, key: KeyID?) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page(orderedBy: SessionRecord.sortable)
        let filter = SessionFilter(text: try call.query.text("q"), keyID: key)
        let sessions = try await stored { try await call.services.stores.records.sessions(filter, page: page) }
        return ManagementEnvelope.list(
            sessions.items.map(\.row), total: sessions.total, isCapped: sessions.isTotalCapped, page: page)
    }

    static func session(_ id: SessionID, _ call: KeyedCall, key: KeyID?) async throws(GatewayError) -> JSONValue {
        let session = try await stored { try await call.services.stores.records.session(id) }
        guard let session, key == nil || session.keyID == key else {
            throw GatewayError.storage(.notFound("session"))
        }
        return session.row
    }

    static func threads(_ call: KeyedCall, key: KeyID?) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page(orderedBy: ThreadRecord.sortable)
        let filter = try filter(call.query, text: try call.query.searched("q"), key: key)
        let threads = try await stored { try await call.services.stores.records.threads(filter, page: page) }
        let items = threads.items
        let toolText = items.reduce(0) { $0 + $1.call.toolCalls.utf8.count }
        let rows =
            toolText <= inlineText ? items.map(\.row) : await HelperPool.shared.run { items.map(\.row) }
        return ManagementEnvelope.list(rows, total: threads.total, isCapped: threads.isTotalCapped, page: page)
    }

    static func thread(_ id: ThreadID, _ call: KeyedCall, key: KeyID?) async throws(GatewayError) -> JSONValue {
        let thread = try await stored { try await call.services.stores.records.thread(id) }
        guard let thread, key == nil || thread.keyID == key else {
            throw GatewayError.storage(.notFound("thread"))
        }
        let text = thread.call.toolCalls.utf8.count + thread.call.wholePrompt.utf8.count
        let isAdmin = key == nil
        let render = { @Sendable in isAdmin ? thread.detailForAdmin : thread.detail }
        return text <= inlineText ? render() : await HelperPool.shared.run { render() }
    }

    /// The filters that lists of threads and their export share. `text`: what to search for.
    static func filter(_ query: ListQuery, text: String?, key: KeyID?) throws(GatewayError) -> ThreadFilter {
        var filter = ThreadFilter(text: text, keyID: key)
        filter.sessionID = try query.id("session_id")
        filter.model = try query.text("model")
        filter.from = try query.time("from")
        filter.to = try query.time("to")
        return filter
    }
}

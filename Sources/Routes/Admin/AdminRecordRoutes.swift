internal import Core
internal import EventLoop

/// Chat records: `/admin/session/…` and `/admin/thread/…`.
@LoopActor
enum AdminRecordRoutes {
    nonisolated static let routes = [
        Route("GET", "/admin/session/list", .admin(listSessions)),
        Route("GET", "/admin/session/detail/{id}", .admin(session)),
        Route("GET", "/admin/thread/list", .admin(listThreads)),
        Route("GET", "/admin/thread/detail/{id}", .admin(thread)),
    ]

    static func listSessions(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await RecordAnswers.sessions(call, key: try call.query.id("key_id"))
    }

    static func session(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await RecordAnswers.session(try call.pathID(), call, key: nil)
    }

    static func listThreads(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await RecordAnswers.threads(call, key: try call.query.id("key_id"))
    }

    static func thread(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await RecordAnswers.thread(try call.pathID(), call, key: nil)
    }
}

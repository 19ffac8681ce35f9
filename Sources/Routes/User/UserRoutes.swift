internal import Core
internal import EventLoop

/// What any key may read of its own: `/user/…`. Rows of others are answered like rows that do not exist.
@LoopActor
enum UserRoutes {
    nonisolated static let routes = [
        Route("GET", "/user/session/list", .user(listSessions)),
        Route("GET", "/user/session/detail", .user(session)),
        Route("GET", "/user/session/detail/{id}", .user(session)),
        Route("GET", "/user/thread/list", .user(listThreads)),
        Route("GET", "/user/thread/detail", .user(thread)),
        Route("GET", "/user/thread/detail/{id}", .user(thread)),
        Route("GET", "/user/api-key/mine", .user(key)),
        Route("GET", "/user/model/list", .user(listModels)),
        Route("GET", "/user/statistics/usage", .user(usage)),
        Route("GET", "/user/statistics/latency", .user(latency)),
    ]

    static func listSessions(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await RecordAnswers.sessions(call, key: call.key.id)
    }

    static func session(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await RecordAnswers.session(try call.namedID(), call, key: call.key.id)
    }

    static func listThreads(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await RecordAnswers.threads(call, key: call.key.id)
    }

    static func thread(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await RecordAnswers.thread(try call.namedID(), call, key: call.key.id)
    }

    static func key(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        .object(call.key.detail)
    }

    /// Without configurations: where a model really is concerns its operator only.
    static func listModels(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page()
        let models = try await stored {
            try await call.services.stores.models.models(usableBy: call.key.id, group: call.key.groupID)
        }
        return ManagementEnvelope.list(all: models.map(\.publicRow), page: page)
    }

    static func usage(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await AdminStatisticsRoutes.usage(call, key: call.key.id, groupings: [.day, .model])
    }

    static func latency(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await AdminStatisticsRoutes.latency(call, key: call.key.id)
    }
}

extension KeyedCall {
    /// The number at the end of the path, else the query's `id`.
    fileprivate func namedID<ID: RowID>() throws(GatewayError) -> ID {
        parameters.isEmpty ? try query.requiredID("id") : try pathID()
    }
}

internal import Core

/// All routes, and the decision which of them a request means.
package struct RouteTable: Sendable {
    package enum Match: Sendable {
        case found(Route, parameters: [String])
        /// The path exists; these methods it has.
        case otherMethods([String])
        case none
    }

    package let routes: [Route]
    /// Routes by path, for the patterns without placeholders, which nearly all are.
    private let fixed: [String: [Route]]
    private let patterns: [Route]

    package init(_ routes: [Route]) {
        self.routes = routes
        fixed = Dictionary(grouping: routes.filter { $0.pattern.isFixed }, by: \.pattern.description)
        patterns = routes.filter { !$0.pattern.isFixed }
    }

    /// Brook's routes. The handlers answer the calls of models, `chatCompletions` POST /v1/chat/completions and so on, and
    /// what needs a chat platform.
    package static func standard(
        chatCompletions: @escaping Route.StreamHandler, messages: @escaping Route.StreamHandler = Route.unserved,
        countTokens: @escaping Route.StreamHandler = Route.unserved,
        embeddings: @escaping Route.StreamHandler = Route.unserved,
        images: @escaping Route.StreamHandler = Route.unserved,
        responses: @escaping Route.StreamHandler = Route.unserved,
        feishuCallback: @escaping Route.CallbackHandler = Route.unservedCallback,
        feishuTest: @escaping Route.ManagementHandler = Route.unservedManagement
    ) -> RouteTable {
        let calls = [
            Route("POST", "/v1/chat/completions", .stream(chatCompletions)),
            Route("POST", "/v1/messages", .stream(messages)),
            Route("POST", "/v1/messages/count_tokens", .stream(countTokens)),
            Route("POST", "/v1/embeddings", .stream(embeddings)), Route("POST", "/v1/responses", .stream(responses)),
            Route("POST", "/v1/images/generations", .stream(images)),
        ]
        let bots =
            [Route("POST", "/bot/feishu/{name}/webhook/event", .callback(feishuCallback))]
            + AdminWebhookRoutes.bases.map { Route("POST", "\($0)/test", .admin(feishuTest)) }
        let routes =
            calls + ModelsRoute.routes + AdminKeyRoutes.routes + AdminModelRoutes.routes + AdminGroupRoutes.routes
            + AdminRightRoutes.routes + AdminRecordRoutes.routes + AdminKeyLifeRoutes.routes
            + AdminModelTestRoute.routes + AdminPaymentRoutes.routes + AdminWebhookRoutes.routes + bots
            + AdminStatisticsRoutes.routes + AdminAuditRoutes.routes + AdminExportRoute.routes + UserRoutes.routes
            + OperationRoutes.routes
        return RouteTable(routes + [OpenAPIRoute.route(describing: routes)])
    }

    /// HEAD is answered by the route for GET (RFC 9110 section 9.3.2).
    func match(_ method: String, _ path: String) -> Match {
        let wanted = method == "HEAD" ? "GET" : method
        var others: [String] = []
        for route in fixed[path] ?? [] {
            if route.method == wanted { return .found(route, parameters: []) }
            others.append(route.method)
        }
        if others.isEmpty {
            for route in patterns {
                guard let parameters = route.pattern.match(path) else { continue }
                if route.method == wanted { return .found(route, parameters: parameters) }
                others.append(route.method)
            }
        }
        guard !others.isEmpty else { return .none }
        return .otherMethods(others.contains("GET") ? others + ["HEAD"] : others)
    }
}

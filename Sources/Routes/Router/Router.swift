package import Core
package import EventLoop
internal import Logging

/// Decides on the one parsed path which route a request means and whether its key may call it, runs the route, and
/// answers what it threw. What is not in the table does not exist.
@LoopActor
package final class Router {
    package nonisolated let table: RouteTable
    private let services: Services
    private let authenticator: Authenticator

    package nonisolated init(services: Services, table: RouteTable) {
        self.services = services
        self.table = table
        authenticator = Authenticator(services: services)
    }

    /// Answers one request, whatever happens.
    package func handle(_ exchange: any HTTPExchange) async {
        let answer = TrackedExchange(exchange)
        services.metrics.add(.requests, 1)
        services.metrics.change(.requestsInFlight, by: 1)
        let match = table.match(answer.request.method, answer.request.path)
        do throws(GatewayError) {
            try await serve(answer, match)
            if !answer.isEnded { throw .internal(cause: "the route returned without an end of its answer") }
        } catch {
            await fail(error, answer, match)
        }
        count(answer.status)
        services.metrics.change(.requestsInFlight, by: -1)
    }

    private func serve(_ answer: TrackedExchange, _ match: RouteTable.Match) async throws(GatewayError) {
        switch match {
        case .none:
            throw .notFound("There is no \(Self.quoted(answer.request)).", code: "unknown_route")
        case .otherMethods(let methods):
            try await refuseMethod(answer, methods)
        case .found(let route, let parameters):
            try await run(route, parameters, answer)
        }
    }

    private func run(_ route: Route, _ parameters: [String], _ answer: TrackedExchange) async throws(GatewayError) {
        if case .stream(let handler) = route.action {
            return try await handler(answer, try authenticator.key(of: answer.request, isCall: true))
        }
        if case .adminStream(let handler) = route.action { return try await export(handler, parameters, answer) }
        try await send(try await response(of: route, parameters, answer), to: answer)
    }

    // These and ``fail(_:_:_:)`` are not inlined, so that a stream's task does not keep room for them while it runs.

    @inline(never)
    private func export(
        _ handler: Route.AdminStreamHandler, _ parameters: [String], _ answer: TrackedExchange
    ) async throws(GatewayError) {
        let call = try authenticated(answer, parameters)
        try authenticator.requireAdmin(call.key)
        try await handler(call)
    }

    @inline(never)
    private func response(
        of route: Route, _ parameters: [String], _ answer: TrackedExchange
    ) async throws(GatewayError) -> HTTPResponse {
        switch route.action {
        case .open(let handler):
            return try await handler(OpenCall(request: answer.request, services: services))
        case .callback(let handler):
            return try await handler(CallbackCall(exchange: answer, parameters: parameters))
        case .keyed(let handler):
            return try await handler(try authenticated(answer, parameters))
        case .stream, .adminStream:
            throw .internal(cause: "a streaming route was asked for a whole response")
        case .user(let handler):
            return await ManagementEnvelope.success(try await handler(try authenticated(answer, parameters)))
        case .admin(let handler):
            let call = try authenticated(answer, parameters)
            try authenticator.requireAdmin(call.key)
            return await ManagementEnvelope.success(try await handler(call))
        }
    }

    private func authenticated(
        _ answer: TrackedExchange, _ parameters: [String]
    ) throws(GatewayError) -> KeyedCall {
        let key = try authenticator.key(of: answer.request)
        return KeyedCall(exchange: answer, key: key, parameters: parameters, services: services)
    }

    @inline(never)
    private func refuseMethod(_ answer: TrackedExchange, _ methods: [String]) async throws(GatewayError) {
        let allowed = methods.joined(separator: ", ")
        let error = GatewayError(
            status: 405, type: "invalid_request_error", code: "method_not_allowed",
            message: "\(Self.quoted(answer.request)) is not allowed here. Allowed: \(allowed).")
        var response = render(error, answer)
        response.head.headers["Allow"] = allowed
        try await send(response, to: answer)
    }

    @inline(never)
    private func fail(_ error: GatewayError, _ answer: TrackedExchange, _ match: RouteTable.Match) async {
        if error.isCancelled { return }
        if error.status >= 500 { log(error, answer.request, match) }
        if error.code == "storage_unavailable" { services.metrics.add(.storageErrors, 1) }
        // Nobody is left to tell when sending fails.
        if answer.status == nil {
            try? await answer.respond(render(error, answer))
        } else if !answer.isEnded {
            try? await answer.end()
        }
    }

    private func render(_ error: GatewayError, _ answer: TrackedExchange) -> HTTPResponse {
        ErrorRenderer.response(
            error, dialect: Dialect(path: answer.request.path), requestID: answer.request.id)
    }

    private func send(_ response: HTTPResponse, to answer: TrackedExchange) async throws(GatewayError) {
        do throws(ClientGone) { try await answer.respond(response) } catch { throw .cancelled }
    }

    /// The pattern is logged instead of the path, which is the client's text.
    private func log(_ error: GatewayError, _ request: HTTPRequest, _ match: RouteTable.Match) {
        var route = "none"
        if case .found(let found, _) = match { route = "\(found.method) \(found.pattern)" }
        services.logger.error(
            "request failed",
            metadata: [
                "request_id": "\(request.id)", "route": "\(route)", "status": "\(error.status)",
                "code": "\(error.code)", "cause": "\(error.cause ?? error.message)",
            ])
    }

    private func count(_ status: Int?) {
        switch status {
        case .some(200..<300): services.metrics.add(.responses2xx, 1)
        case .some(400..<500): services.metrics.add(.responses4xx, 1)
        case .some(500..<600): services.metrics.add(.responses5xx, 1)
        default: break
        }
    }

    /// Method and path for a message, cut short.
    private static func quoted(_ request: HTTPRequest) -> String {
        "\(request.method.prefix(16)) \(request.path.prefix(200))"
    }
}

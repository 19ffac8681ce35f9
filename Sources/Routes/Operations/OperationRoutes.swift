internal import Core
internal import EventLoop

/// What a supervisor and a monitor ask. Without a key; nginx lets only the host itself reach `/metrics`.
@LoopActor
enum OperationRoutes {
    nonisolated static let routes = [
        Route("GET", "/healthz", .open(health)),
        Route("GET", "/readyz", .open(readiness)),
        Route("GET", "/metrics", .open(metrics)),
    ]

    /// The process lives and its loop turns.
    static func health(_ call: OpenCall) async throws(GatewayError) -> HTTPResponse {
        HTTPResponse(json: ["status": "ok"], headers: ["Cache-Control": "no-store"])
    }

    /// The process takes work: it is not draining, and storage reads and commits within a bound.
    static func readiness(_ call: OpenCall) async throws(GatewayError) -> HTTPResponse {
        let state = await call.services.readiness.state()
        let headers: HeaderFields = ["Cache-Control": "no-store"]
        guard state == .ready else {
            return HTTPResponse(
                status: 503, json: ["status": "unavailable", "reason": .string(state.rawValue)], headers: headers)
        }
        return HTTPResponse(json: ["status": "ok"], headers: headers)
    }

    static func metrics(_ call: OpenCall) async throws(GatewayError) -> HTTPResponse {
        // Without storage there is all the more to be told by the counters.
        let database = try? call.services.stores.health.size()
        let text = PrometheusText.render(call.services.metricsSource.snapshot(), database: database)
        return HTTPResponse(
            status: 200, headers: ["Content-Type": PrometheusText.contentType, "Cache-Control": "no-store"],
            body: Array(text.utf8))
    }
}

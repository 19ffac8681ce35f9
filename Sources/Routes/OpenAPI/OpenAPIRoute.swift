internal import Core
internal import EventLoop

/// `GET /openapi.json`: the description of the whole interface, for administrators.
@LoopActor
enum OpenAPIRoute {
    /// - Parameter others: the routes of the table beside this one.
    nonisolated static func route(describing others: [Route]) -> Route {
        let unbound = Route("GET", "/openapi.json", .adminStream { _ throws(GatewayError) in })
        let routes = others + [unbound]
        return Route(
            "GET", "/openapi.json", .adminStream { call throws(GatewayError) in try await answer(call, routes) })
    }

    private static func answer(_ call: KeyedCall, _ routes: [Route]) async throws(GatewayError) {
        // Some hundred kilobytes: made where it holds up nobody.
        let bytes = await HelperPool.shared.run { OpenAPIDocument(routes: routes).json.serialized() }
        let headers: HeaderFields = ["Content-Type": "application/json", "Cache-Control": "no-store"]
        let response = HTTPResponse(status: 200, headers: headers, body: bytes)
        do throws(ClientGone) { try await call.exchange.respond(response) } catch { throw .cancelled }
    }
}

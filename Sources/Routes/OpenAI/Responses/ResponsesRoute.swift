package import Core
package import EventLoop
internal import Gateway

/// `POST /v1/responses`, streamed or whole, over the same calls as chat completions.
@LoopActor
package struct ResponsesRoute {
    private let gateway: any ChatCompleting
    private let clock: any WallClock
    private let bodyLimit: Int
    private let heartbeatSilence: Duration

    /// `heartbeatSilence`: how long a stream may be silent before a comment is sent into it.
    package nonisolated init(
        gateway: any ChatCompleting, clock: any WallClock, bodyLimit: Int = 32 * 1024 * 1024,
        heartbeatSilence: Duration = .seconds(15)
    ) {
        self.gateway = gateway
        self.clock = clock
        self.bodyLimit = bodyLimit
        self.heartbeatSilence = heartbeatSilence
    }

    /// Answers an authenticated request.
    ///
    /// What it throws before an answer has begun is for the router to render. A failure in the middle of a stream is
    /// told there, ends the answer, and is thrown on only to be logged.
    package func handle(_ exchange: any HTTPExchange, key: KeyRecord) async throws(GatewayError) {
        let body = try await exchange.body(limit: bodyLimit)
        let order = try await offLoop(when: body.count >= ChatRequest.largeBody) { () throws(GatewayError) in
            try ResponsesRequestParser.parse(body)
        }
        let identity = ResponseIdentity(
            requestID: exchange.request.id, created: clock.now, model: order.request.model)
        guard order.request.isStream else {
            return try await CallAnswer.send(on: exchange, for: key) { call throws(GatewayError) in
                let outcome = try await gateway.chat(order.request, for: key, call: call) { _ throws(GatewayError) in }
                let response = ResponseEvents.whole(
                    outcome.answer, usage: outcome.usage, as: identity, order, clock: clock)
                return JSONValue.object(response).serialized()
            }
        }
        let limits = key.limits.isPerMinute ? LimitReport() : nil
        let call = CallContext(
            requestID: exchange.request.id, sessionID: try SessionHeader.read(exchange.request.headers),
            limits: limits)
        do throws(GatewayError) {
            try await ChatStreamer(gateway: gateway, silence: heartbeatSilence)
                .stream(
                    order.request, with: ResponseEvents(identity, order, clock: clock), for: key, call: call,
                    to: exchange)
        } catch {
            throw limits?.windows.map { error.telling($0) } ?? error
        }
    }
}

package import Core
package import EventLoop
internal import Gateway

/// `POST /v1/messages`, streamed or whole, and `POST /v1/messages/count_tokens`.
@LoopActor
package struct MessagesRoute {
    private let gateway: any ChatCompleting & TokenCounting
    private let bodyLimit: Int
    private let heartbeatSilence: Duration

    /// `heartbeatSilence`: how long a stream may be silent before a `ping` is sent into it.
    package nonisolated init(
        gateway: any ChatCompleting & TokenCounting, bodyLimit: Int = 32 * 1024 * 1024,
        heartbeatSilence: Duration = .seconds(15)
    ) {
        self.gateway = gateway
        self.bodyLimit = bodyLimit
        self.heartbeatSilence = heartbeatSilence
    }

    /// Answers an authenticated request. What it throws before an answer has begun is for the router to render.
    package func handle(_ exchange: any HTTPExchange, key: KeyRecord) async throws(GatewayError) {
        let limits = key.limits.isPerMinute ? LimitReport() : nil
        let call = CallContext(
            requestID: exchange.request.id, sessionID: try AnthropicHeaders.session(exchange.request.headers),
            limits: limits)
        let request = try await read(exchange, for: .answer)
        do throws(GatewayError) {
            if request.isStream {
                try await stream(request, for: key, call: call, to: exchange)
            } else {
                try await answer(request, for: key, call: call, to: exchange)
            }
        } catch {
            let error = error.withoutSystemMessage(of: request)
            throw limits?.windows.map { error.telling($0) } ?? error
        }
    }

    /// Answers `{"input_tokens": n}`; an estimate is marked by a header field.
    package func count(_ exchange: any HTTPExchange, key: KeyRecord) async throws(GatewayError) {
        let request = try await read(exchange, for: .count)
        let call = CallContext(requestID: exchange.request.id)
        let count: TokenCount
        do throws(GatewayError) { count = try await gateway.countTokens(request, for: key, call: call) } catch {
            throw error.withoutSystemMessage(of: request)
        }
        var response = HTTPResponse(json: ["input_tokens": .int(count.tokens)])
        if count.isEstimated { response.head.headers["x-brook-estimated"] = "true" }
        try await send(response, to: exchange)
    }

    private func read(
        _ exchange: any HTTPExchange, for purpose: MessagesRequestParser.Purpose
    ) async throws(GatewayError) -> ChatRequest {
        let parser = MessagesRequestParser(purpose: purpose, headers: try AnthropicHeaders(exchange.request.headers))
        let body = try await exchange.body(limit: bodyLimit)
        return try await HelperPool.shared.run(when: body.count >= ChatRequest.largeBody) { () throws(GatewayError) in
            try parser.parse(body)
        }
    }

    private func answer(
        _ request: ChatRequest, for key: KeyRecord, call: CallContext, to exchange: any HTTPExchange
    ) async throws(GatewayError) {
        var gatherer = MessageGatherer()
        let outcome = try await gateway.chat(request, for: key, call: call) { delta throws(GatewayError) in
            gatherer.take(delta)
        }
        let identity = MessageIdentity(requestID: call.requestID, model: request.model)
        let body = MessageRenderer(identity: identity).render(gatherer, usage: outcome.usage)
        var response = HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: body)
        if let windows = call.limits?.windows { response.head.headers.tell(windows) }
        try await send(response, to: exchange)
    }

    private func stream(
        _ request: ChatRequest, for key: KeyRecord, call: CallContext, to exchange: any HTTPExchange
    ) async throws(GatewayError) {
        let renderer = MessageStreamRenderer(
            MessageIdentity(requestID: call.requestID, model: request.model), requestID: call.requestID,
            estimate: TokenCount.estimate(of: request).tokens)
        try await ChatStreamer(gateway: gateway, silence: heartbeatSilence)
            .stream(request, with: renderer, for: key, call: call, to: exchange)
    }

    private func send(_ response: HTTPResponse, to exchange: any HTTPExchange) async throws(GatewayError) {
        do throws(ClientGone) { try await exchange.respond(response) } catch { throw .cancelled }
    }
}

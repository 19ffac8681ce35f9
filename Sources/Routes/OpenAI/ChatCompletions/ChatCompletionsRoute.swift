package import Core
package import EventLoop
internal import Gateway

/// `POST /v1/chat/completions`, streamed or whole.
@LoopActor
package struct ChatCompletionsRoute {
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
        let limits = key.limits.isPerMinute ? LimitReport() : nil
        let call = CallContext(
            requestID: exchange.request.id, sessionID: try SessionHeader.read(exchange.request.headers),
            limits: limits)
        let request = try await read(exchange)
        let identity = CompletionIdentity(requestID: call.requestID, created: clock.now, model: request.model)
        do throws(GatewayError) {
            if request.isStream {
                try await stream(request, as: identity, for: key, call: call, to: exchange)
            } else {
                try await answer(request, as: identity, for: key, call: call, to: exchange)
            }
        } catch {
            throw limits?.windows.map { error.telling($0) } ?? error
        }
    }

    private func read(_ exchange: any HTTPExchange) async throws(GatewayError) -> ChatRequest {
        let body = try await exchange.body(limit: bodyLimit)
        return try await HelperPool.shared.run(when: body.count >= ChatRequest.largeBody) { () throws(GatewayError) in
            try ChatRequestParser.parse(body)
        }
    }

    private func answer(
        _ request: ChatRequest, as identity: CompletionIdentity, for key: KeyRecord, call: CallContext,
        to exchange: any HTTPExchange
    ) async throws(GatewayError) {
        let outcome = try await gateway.chat(request, for: key, call: call) { _ throws(GatewayError) in }
        let body = CompletionRenderer(identity: identity).render(outcome.answer, usage: outcome.usage)
        var response = HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: body)
        if let windows = call.limits?.windows { response.head.headers.tell(windows) }
        do throws(ClientGone) { try await exchange.respond(response) } catch { throw .cancelled }
    }

    private func stream(
        _ request: ChatRequest, as identity: CompletionIdentity, for key: KeyRecord, call: CallContext,
        to exchange: any HTTPExchange
    ) async throws(GatewayError) {
        let renderer = ChunkRenderer(identity, wantsUsage: request.wantsUsage)
        try await ChatStreamer(gateway: gateway, silence: heartbeatSilence)
            .stream(request, with: renderer, for: key, call: call, to: exchange)
    }
}

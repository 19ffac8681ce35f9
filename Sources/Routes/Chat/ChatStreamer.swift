internal import Core
internal import EventLoop
internal import Gateway

/// Makes a streamed call and sends its answer as it comes, in whichever dialect.
@LoopActor
struct ChatStreamer {
    let gateway: any ChatCompleting
    /// How long nothing is sent before a heartbeat is.
    let silence: Duration

    /// What it throws before the answer has begun is for the router to render. A later failure is told in the stream, and
    /// thrown on only to be logged.
    func stream(
        _ request: ChatRequest, with renderer: consuming some ChatStreamRenderer, for key: KeyRecord, call: CallContext,
        to exchange: any HTTPExchange
    ) async throws(GatewayError) {
        var renderer = renderer
        let writer = ChatStreamWriter(
            exchange, silence: silence, heartbeat: renderer.heartbeat, limits: call.limits)
        do throws(GatewayError) {
            let outcome = try await gateway.chat(request, for: key, call: call) { delta throws(GatewayError) in
                let bytes = renderer.render(delta)
                guard !bytes.isEmpty, !(try writer.offer(bytes)) else { return }
                try await writer.write(bytes)
            }
            // The gateway returned, so the record is durable: only now may the client see the end.
            try await writer.write(renderer.renderEnd(usage: outcome.usage))
        } catch {
            await writer.stop()
            if writer.hasBegun, !error.isCancelled {
                try await writer.write(renderer.renderFailure(error))
                try await writer.end()
            }
            throw error
        }
        try await writer.end()
    }
}

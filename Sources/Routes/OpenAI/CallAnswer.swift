internal import Core
internal import EventLoop
internal import Gateway

/// The answer to a call that comes in one piece.
@LoopActor
enum CallAnswer {
    /// Makes the call and sends its JSON, with how the key stands with its limits in the header, of an error too.
    static func send(
        on exchange: any HTTPExchange, for key: KeyRecord,
        _ body: @LoopActor (CallContext) async throws(GatewayError) -> [UInt8]
    ) async throws(GatewayError) {
        let limits = key.limits.isPerMinute ? LimitReport() : nil
        let call = CallContext(
            requestID: exchange.request.id, sessionID: try SessionHeader.read(exchange.request.headers), limits: limits)
        let bytes: [UInt8]
        do throws(GatewayError) { bytes = try await body(call) } catch {
            throw limits?.windows.map { error.telling($0) } ?? error
        }
        var response = HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: bytes)
        if let windows = limits?.windows { response.head.headers.tell(windows) }
        do throws(ClientGone) { try await exchange.respond(response) } catch { throw .cancelled }
    }
}

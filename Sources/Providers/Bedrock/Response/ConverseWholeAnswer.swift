internal import Core
internal import EventLoop

/// The answer to a call that was not streamed, handed out as one delta.
@LoopActor
final class ConverseWholeAnswer: ChatStream {
    private let response: any TransportResponse
    private let reading: ConverseReading
    private var isDone = false

    init(_ response: any TransportResponse, reading: ConverseReading) {
        self.response = response
        self.reading = reading
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        if isDone { return nil }
        isDone = true
        let body: [UInt8]
        do throws(TransportError) {
            body = try await response.collect(limit: JSONAnswer.largest)
        } catch {
            throw BedrockTransportFault.withinAnswer(error)
        }
        let reading = reading
        return try await HelperPool.shared.run(when: body.count >= ChatRequest.largeBody) { () throws(GatewayError) in
            try ConverseAnswer.delta(body, reading: reading)
        }
    }

    func cancel() { response.cancel() }
}

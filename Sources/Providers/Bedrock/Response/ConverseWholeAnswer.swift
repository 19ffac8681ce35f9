internal import Core
internal import EventLoop

/// The answer to a call that was not streamed, handed out as one delta.
@LoopActor
final class ConverseWholeAnswer: ChatStream {
    /// More than any model writes.
    nonisolated static let maximumSize = 64 * 1024 * 1024

    private let response: any TransportResponse
    private let toolNames: [String: String]
    private var isDone = false

    init(_ response: any TransportResponse, toolNames: [String: String]) {
        self.response = response
        self.toolNames = toolNames
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        if isDone { return nil }
        isDone = true
        let body: [UInt8]
        do throws(TransportError) {
            body = try await response.collect(limit: Self.maximumSize)
        } catch {
            throw BedrockTransportFault.withinAnswer(error)
        }
        let toolNames = toolNames
        guard body.count >= ChatRequest.largeBody else {
            return ChatDelta(try ConverseAnswer.events(body, toolNames: toolNames))
        }
        let events = try await HelperPool.shared.run { () throws(GatewayError) -> [ChatEvent] in
            try ConverseAnswer.events(body, toolNames: toolNames)
        }
        return ChatDelta(events)
    }

    func cancel() { response.cancel() }
}

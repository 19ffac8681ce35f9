internal import Core
internal import EventLoop

/// An answer in one message.
@LoopActor
final class AnthropicWholeAnswer: ChatStream {
    private let response: any TransportResponse
    private let failure: AnthropicFailure
    private let passesThrough: Bool
    private var isRead = false

    init(_ response: any TransportResponse, failure: AnthropicFailure, passesThrough: Bool) {
        self.response = response
        self.failure = failure
        self.passesThrough = passesThrough
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        guard !isRead else { return nil }
        isRead = true
        let message = try await JSONAnswer.object(of: response)
        if let error = message.present("error")?.object { throw failure.inBand(error) }
        guard message["content"]?.array != nil else {
            throw JSONAnswer.unreadable("the message has no content")
        }
        return ChatDelta(AnthropicEventReader.events(of: message), anthropic: passesThrough ? [message] : [])
    }

    func cancel() { response.cancel() }
}

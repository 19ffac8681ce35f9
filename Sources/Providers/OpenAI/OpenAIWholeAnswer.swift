internal import Core
internal import EventLoop

/// An answer in one JSON document.
@LoopActor
final class OpenAIWholeAnswer: ChatStream {
    private let response: any TransportResponse
    private let failure: OpenAIFailure
    private let requestID: String
    /// Whether the client was promised chunks; then the document itself is of no use to it.
    private let isStream: Bool
    private var isRead = false

    init(_ response: any TransportResponse, config: OpenAIConfig, target: ProviderTarget, isStream: Bool) {
        self.response = response
        failure = OpenAIFailure(model: target.model, secrets: config.secrets)
        requestID = target.requestID
        self.isStream = isStream
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        guard !isRead else { return nil }
        isRead = true
        let document = try await JSONAnswer.object(of: response)
        if let error = document.present("error") { throw failure.inBand(error) }
        guard let choices = document["choices"]?.array, !choices.isEmpty else {
            throw JSONAnswer.unreadable("the answer has no choices")
        }
        var reader = OpenAIChunkReader(requestID: requestID, choices: choices.count)
        var delta = ChatDelta([], openAI: isStream ? [] : [document])
        reader.read(document, into: &delta.events)
        return delta
    }

    func cancel() { response.cancel() }
}

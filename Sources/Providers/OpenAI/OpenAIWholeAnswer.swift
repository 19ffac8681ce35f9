internal import Core
internal import EventLoop

/// An answer in one JSON document.
@LoopActor
final class OpenAIWholeAnswer: ChatStream {
    static let limit = 64 * 1024 * 1024

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
        let body: [UInt8]
        do throws(TransportError) { body = try await response.collect(limit: Self.limit) } catch {
            throw OpenAIFailure.transport(error, hasAnswer: true)
        }
        let document = try await Self.parse(body)
        if let error = document.present("error") { throw failure.inBand(error) }
        guard let choices = document["choices"]?.array, !choices.isEmpty else {
            throw .upstream("The provider's answer cannot be read.", cause: "the answer has no choices")
        }
        var reader = OpenAIChunkReader(requestID: requestID, choices: choices.count)
        var delta = ChatDelta([], openAI: isStream ? [] : [document])
        reader.read(document, into: &delta.events)
        return delta
    }

    func cancel() { response.cancel() }

    static func parse(_ body: [UInt8]) async throws(GatewayError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            if body.count > ChatRequest.largeBody {
                value = try await HelperPool.shared.run { () throws(JSONError) in try JSONParser.parse(body) }
            } else {
                value = try JSONParser.parse(body)
            }
        } catch {
            throw .upstream("The provider's answer cannot be read.", cause: "the answer is no JSON: \(error)")
        }
        guard let object = value.object else {
            throw .upstream("The provider's answer cannot be read.", cause: "the answer is \(value.kind)")
        }
        return object
    }
}

internal import Core
internal import EventLoop

/// An answer in one message.
@LoopActor
final class AnthropicWholeAnswer: ChatStream {
    private static let limit = 64 * 1024 * 1024

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
        let message = try await Self.object(of: response, limit: Self.limit)
        if let error = message.present("error")?.object { throw failure.inBand(error) }
        guard message["content"]?.array != nil else {
            throw .upstream("The provider's answer cannot be read.", cause: "the message has no content")
        }
        return ChatDelta(AnthropicEventReader.events(of: message), anthropic: passesThrough ? [message] : [])
    }

    func cancel() { response.cancel() }

    /// A body that is one JSON object.
    static func object(of response: any TransportResponse, limit: Int) async throws(GatewayError) -> JSONObject {
        let body: [UInt8]
        do throws(TransportError) { body = try await response.collect(limit: limit) } catch {
            throw OpenAIFailure.transport(error, hasAnswer: true)
        }
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

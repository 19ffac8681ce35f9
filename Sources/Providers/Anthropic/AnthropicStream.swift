internal import Core
internal import EventLoop

/// A streamed answer of Anthropic's API, up to its `message_stop`.
@LoopActor
final class AnthropicStream: ChatStream {
    /// How long the connection is given to end by itself after the answer has, so that it can be used again.
    private static let drainLimit = Duration.milliseconds(200)

    private let response: any TransportResponse
    private let failure: AnthropicFailure
    private let passesThrough: Bool
    private var decoder = ServerSentEventDecoder()
    private var reader = AnthropicEventReader()
    /// Thrown by the next call: what came before it in the same read is told first.
    private var pendingError: GatewayError?

    /// - Parameter passesThrough: whether the client is told the provider's own events.
    init(_ response: any TransportResponse, failure: AnthropicFailure, passesThrough: Bool) {
        self.response = response
        self.failure = failure
        self.passesThrough = passesThrough
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        while true {
            if let pendingError {
                response.cancel()
                throw pendingError
            }
            if reader.isStopped {
                await response.drain(limit: Self.drainLimit)
                return nil
            }
            let bytes: [UInt8]?
            do throws(TransportError) { bytes = try await response.next() } catch {
                throw OpenAIFailure.transport(error, hasAnswer: true)
            }
            guard let bytes else { throw .truncated(cause: "the body ended before message_stop") }
            decoder.push(bytes)
            let delta = await readEvents()
            if !delta.events.isEmpty || !delta.anthropic.isEmpty { return delta }
        }
    }

    func cancel() { response.cancel() }

    /// All events that the decoder holds. Stops at the end of the message and at an error.
    private func readEvents() async -> ChatDelta {
        var delta = ChatDelta([])
        do throws(GatewayError) {
            while !reader.isStopped, let event = try nextEvent() {
                guard let object = try await event.jsonObject() else { continue }
                if object["type"]?.string == "error" { throw failure.inBand(object["error"]?.object ?? [:]) }
                reader.read(object, into: &delta.events)
                if passesThrough { delta.anthropic.append(object) }
            }
        } catch {
            pendingError = error
        }
        return delta
    }

    private func nextEvent() throws(GatewayError) -> ServerSentEvent? {
        do throws(ServerSentEventTooLarge) { return try decoder.next() } catch { throw .tooLarge(error) }
    }
}

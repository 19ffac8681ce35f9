internal import Core
internal import EventLoop

/// A streamed answer in OpenAI's dialect: chunks in `data:` lines, then `[DONE]`.
@LoopActor
final class OpenAIStream: ChatStream {
    /// How long the connection is given to end by itself after the answer has, so that it can be used again.
    private static let drainLimit = Duration.milliseconds(200)

    private let response: any TransportResponse
    private let failure: OpenAIFailure
    private var decoder = ServerSentEventDecoder()
    private var reader: OpenAIChunkReader
    private var isDone = false
    /// Thrown by the next call: what came before it in the same read is told first.
    private var pendingError: GatewayError?

    init(_ response: any TransportResponse, config: OpenAIConfig, target: ProviderTarget, choices: Int) {
        self.response = response
        failure = OpenAIFailure(model: target.model, secrets: config.secrets)
        reader = OpenAIChunkReader(requestID: target.requestID, choices: choices)
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        while true {
            if let pendingError {
                response.cancel()
                throw pendingError
            }
            if isDone {
                await response.drain(limit: Self.drainLimit)
                return nil
            }
            let bytes: [UInt8]?
            do throws(TransportError) { bytes = try await response.next() } catch {
                // A connection that breaks after the answer was complete takes nothing away from it.
                if case .cut = error, reader.isFinished { return nil }
                throw OpenAIFailure.transport(error, hasAnswer: true)
            }
            guard let bytes else {
                // Not every upstream sends `[DONE]`; a finish reason says as much.
                guard reader.isFinished else { throw .truncated(cause: "the body ended before its finish reason") }
                return nil
            }
            decoder.push(bytes)
            let delta = await readEvents()
            if !delta.events.isEmpty || !delta.openAI.isEmpty { return delta }
        }
    }

    func cancel() { response.cancel() }

    /// All events that the decoder holds. Stops at `[DONE]` and at an error.
    private func readEvents() async -> ChatDelta {
        var delta = ChatDelta([])
        do throws(GatewayError) {
            while !isDone, let event = try nextEvent() {
                if event.isData("[DONE]") {
                    isDone = true
                } else if let chunk = try await event.jsonObject() {
                    if let error = chunk.present("error") { throw failure.inBand(error) }
                    reader.read(chunk, into: &delta.events)
                    delta.openAI.append(chunk)
                }
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

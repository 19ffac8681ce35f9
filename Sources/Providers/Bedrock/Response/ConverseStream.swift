internal import Core
internal import EventLoop

/// A streamed answer.
///
/// Everything that one read of the body brings becomes one delta. Events that stand before a fault in the same read
/// are handed out first, and the fault with the next call.
@LoopActor
final class ConverseStream: ChatStream {
    private let response: any TransportResponse
    private var frames = EventStreamDecoder()
    private var decoder: ConverseEventDecoder
    private var pendingFault: GatewayError?

    init(_ response: any TransportResponse, reading: ConverseReading) {
        self.response = response
        decoder = ConverseEventDecoder(reading: reading)
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        while true {
            if let pendingFault {
                // After a fault in the stream its connection is of no use.
                response.cancel()
                throw pendingFault
            }
            let read: [UInt8]?
            do throws(TransportError) { read = try await response.next() } catch {
                throw BedrockTransportFault.withinAnswer(error)
            }
            guard let bytes = read else {
                try checkEnd()
                return nil
            }
            frames.append(bytes)
            let events = decoder.finished(decodeFrames())
            if !events.isEmpty { return ChatDelta(events, serviceTier: decoder.serviceTier) }
        }
    }

    func cancel() { response.cancel() }

    /// The events of all frames that are whole, up to a fault.
    private func decodeFrames() -> [ChatEvent] {
        var events: [ChatEvent] = []
        do throws(EventStreamError) {
            while let message = try frames.next() {
                do throws(GatewayError) {
                    try decoder.decode(message, into: &events)
                } catch {
                    pendingFault = error
                    return events
                }
            }
        } catch {
            pendingFault = .upstream("The provider sent a stream that cannot be read.", cause: error.description)
        }
        return events
    }

    /// The body has ended as HTTP demands; the protocol's own end is `messageStop` with nothing after the last frame.
    private func checkEnd() throws(GatewayError) {
        guard frames.pendingCount == 0 else {
            throw .truncated(cause: "Bedrock: the body ended within an event of the stream")
        }
        guard decoder.isStopped else {
            throw .truncated(cause: "Bedrock: the body ended without messageStop")
        }
    }
}

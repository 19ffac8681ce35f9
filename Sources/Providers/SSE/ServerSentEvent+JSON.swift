internal import Core
internal import EventLoop

extension ServerSentEvent {
    /// The JSON object in an event; nil for an event without data, which some upstreams send to keep the connection
    /// awake. A large one is read on a helper thread.
    @LoopActor
    func jsonObject() async throws(GatewayError) -> JSONObject? {
        guard !range.isEmpty else { return nil }
        let value: JSONValue
        do throws(JSONError) {
            value = try await HelperPool.shared.run(when: range.count >= ChatRequest.largeBody) {
                () throws(JSONError) in try json()
            }
        } catch {
            throw .upstream("The provider's answer cannot be read.", cause: "chunk is no JSON: \(error)")
        }
        guard let object = value.object else {
            throw .upstream("The provider's answer cannot be read.", cause: "chunk is \(value.kind)")
        }
        return object
    }

    /// The standard decodes a stream's bytes leniently, so what is no UTF-8 is replaced before it is given up.
    private func json() throws(JSONError) -> JSONValue {
        do throws(JSONError) { return try JSONParser.parse(bytes, in: range) } catch {
            guard String(validating: bytes[range], as: UTF8.self) == nil else { throw error }
            return try JSONParser.parse(data)
        }
    }
}

extension GatewayError {
    static func tooLarge(_ error: ServerSentEventTooLarge) -> GatewayError {
        .upstream("The provider's answer is too large.", cause: "an event exceeds \(error.limit) bytes")
    }
}

extension TransportResponse {
    /// Gives the connection time to end by itself after the answer has, so that it can be used again.
    func drain(limit: Duration) async {
        let timer = EventLoop.shared.schedule(after: limit) { self.cancel() }
        defer { timer.cancel() }
        do throws(TransportError) {
            while try await next() != nil {}
        } catch {
            cancel()
        }
    }
}

internal import Core
internal import EventLoop

/// A provider's answer that is one JSON object.
@LoopActor
enum JSONAnswer {
    /// More than any model writes, in bytes.
    nonisolated static let largest = 64 * 1024 * 1024

    /// Large ones are read on a helper thread. 502 for what is no object.
    static func object(_ body: [UInt8]) async throws(GatewayError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try await HelperPool.shared.run(when: body.count >= ChatRequest.largeBody) { () throws(JSONError) in
                try JSONParser.parse(body)
            }
        } catch {
            throw unreadable("the answer is no JSON: \(error)")
        }
        guard let object = value.object else { throw unreadable("the answer is \(value.kind)") }
        return object
    }

    /// The whole body of a response over HTTP, as providers other than Bedrock answer.
    static func object(
        of response: any TransportResponse, limit: Int = largest
    ) async throws(GatewayError) -> JSONObject {
        let body: [UInt8]
        do throws(TransportError) { body = try await response.collect(limit: limit) } catch {
            throw OpenAIFailure.transport(error, hasAnswer: true)
        }
        return try await object(body)
    }

    nonisolated static func unreadable(_ cause: String) -> GatewayError {
        .upstream("The provider's answer cannot be read.", cause: cause)
    }
}

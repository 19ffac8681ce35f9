internal import Core
internal import EventLoop

extension BedrockConverseProvider {
    /// Calls InvokeModel and reads its answer. Cancelling the task aborts the call.
    func invoke(_ body: JSONObject, config: BedrockConfig) async throws(GatewayError) -> InvocationAnswer {
        let authorization = try await authorization(for: config, at: nil)
        let region = config.regions.first ?? environment.region
        let call = try BedrockInvocation(
            body, config: config, region: region, authorization: authorization, at: clock.now)
        let response = try await send(call.request)
        guard response.status == 200 else { throw await refusal(response) }
        let bytes = try await Self.collect(response)
        return InvocationAnswer(body: try await Self.object(bytes), headers: response.headers)
    }

    private static func collect(_ response: any TransportResponse) async throws(GatewayError) -> [UInt8] {
        do throws(TransportError) {
            return try await AbortableBody(response).collect(limit: ConverseWholeAnswer.maximumSize)
        } catch {
            throw BedrockTransportFault.withinAnswer(error)
        }
    }

    private static func object(_ bytes: [UInt8]) async throws(GatewayError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            if bytes.count >= ChatRequest.largeBody {
                value = try await HelperPool.shared.run { () throws(JSONError) in try JSONParser.parse(bytes) }
            } else {
                value = try JSONParser.parse(bytes)
            }
        } catch {
            throw InvocationAnswer.unreadable("no JSON: \(error)")
        }
        guard let object = value.object else { throw InvocationAnswer.unreadable("the answer is \(value.kind)") }
        return object
    }
}

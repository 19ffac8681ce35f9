internal import Core
internal import EventLoop

extension BedrockConverseProvider {
    /// Calls InvokeModel and reads its answer. Cancelling the task aborts the call.
    ///
    /// - Parameter isLarge: whether the body is written, hashed and signed on a helper thread.
    func invoke(
        _ body: JSONObject, isLarge: Bool, config: BedrockConfig
    ) async throws(GatewayError) -> InvocationAnswer {
        let authorization = try await authorization(for: config, at: nil)
        let region = config.regions.first ?? environment.region
        let time = clock.now
        let call = try await HelperPool.shared.run(when: isLarge) { () throws(GatewayError) in
            try BedrockInvocation(body, config: config, region: region, authorization: authorization, at: time)
        }
        let response = try await send(call.request)
        guard response.status == 200 else { throw await refusal(response) }
        let bytes = try await Self.collect(response)
        return InvocationAnswer(body: try await JSONAnswer.object(bytes), headers: response.headers)
    }

    private static func collect(_ response: any TransportResponse) async throws(GatewayError) -> [UInt8] {
        do throws(TransportError) {
            return try await AbortableBody(response).collect(limit: JSONAnswer.largest)
        } catch {
            throw BedrockTransportFault.withinAnswer(error)
        }
    }
}

internal import Core
internal import EventLoop

extension OpenAICompatibleProvider {
    /// Sends a body to one of the upstream's endpoints, and reads its answer as one JSON object. Cancelling the task aborts
    /// the call.
    ///
    /// - Parameter isLarge: whether writing the body belongs on a helper thread.
    func call(
        _ url: String, _ body: JSONObject, isLarge: Bool, on target: ProviderTarget, config: OpenAIConfig
    ) async throws(GatewayError) -> JSONObject {
        var headers = config.headers
        headers.append("Accept", "application/json")
        let bytes = await HelperPool.shared.run(when: isLarge) { () throws(Never) in JSONValue.object(body).serialized()
        }
        let request = TransportRequest(url: url, headers: headers, body: bytes, deadlines: config.deadlines)
        let response: any TransportResponse
        do throws(TransportError) { response = try await transport.send(request) } catch {
            throw OpenAIFailure.transport(error, hasAnswer: false)
        }
        guard (200..<300).contains(response.status) else {
            throw await refusal(response, target: target, config: config)
        }
        let answer: [UInt8]
        do throws(TransportError) {
            answer = try await AbortableBody(response).collect(limit: JSONAnswer.largest)
        } catch {
            throw OpenAIFailure.transport(error, hasAnswer: true)
        }
        let document = try await JSONAnswer.object(answer)
        if let error = document.present("error") {
            throw OpenAIFailure(model: target.model, secrets: config.secrets).inBand(error)
        }
        return document
    }
}

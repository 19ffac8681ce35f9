internal import Core

extension OpenAICompatibleProvider {
    /// Sends a body to one of the upstream's endpoints, and reads its answer as one JSON object. Cancelling the task aborts
    /// the call.
    func call(
        _ url: String, _ body: JSONObject, on target: ProviderTarget, config: OpenAIConfig
    ) async throws(GatewayError) -> JSONObject {
        var headers = config.headers
        headers.append("Accept", "application/json")
        let request = TransportRequest(
            url: url, headers: headers, body: JSONValue.object(body).serialized(), deadlines: config.deadlines)
        let response: any TransportResponse
        do throws(TransportError) { response = try await transport.send(request) } catch {
            throw OpenAIFailure.transport(error, hasAnswer: false)
        }
        guard (200..<300).contains(response.status) else {
            throw await refusal(response, target: target, config: config)
        }
        let bytes: [UInt8]
        do throws(TransportError) {
            bytes = try await AbortableBody(response).collect(limit: OpenAIWholeAnswer.limit)
        } catch {
            throw OpenAIFailure.transport(error, hasAnswer: true)
        }
        let document = try await OpenAIWholeAnswer.parse(bytes)
        if let error = document.present("error") {
            throw OpenAIFailure(model: target.model, secrets: config.secrets).inBand(error)
        }
        return document
    }
}

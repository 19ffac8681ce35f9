package import Core
package import EventLoop

/// Calls any service that speaks OpenAI's chat completions: OpenAI, Azure OpenAI, Ollama, vLLM, and the compatible
/// endpoints of Gemini, DeepSeek and others.
@LoopActor
package final class OpenAICompatibleProvider: ChatProvider {
    let transport: any Transport
    private let configs = ParsedConfigs { config throws(GatewayError) in try OpenAIConfig(config) }
    /// What is read of an error's body.
    private static let errorLimit = 64 * 1024

    package nonisolated init(transport: any Transport) { self.transport = transport }

    package nonisolated var name: String { "openai-compatible" }

    package nonisolated var summary: String {
        "Any service with OpenAI's chat completions: OpenAI, Azure OpenAI, Ollama, vLLM, Gemini, DeepSeek and others."
    }

    package nonisolated var fields: [ConfigField] { OpenAIConfig.fields }

    /// The dialect has URLs for images alone; a body that came in it is passed on as it is.
    package nonisolated func takesAddresses(of kind: MediaAddress.Kind, in request: ChatRequest) -> Bool {
        kind == .image || request.openAIBody != nil
    }

    package nonisolated func purpose(of model: String, config: JSONObject) -> ModelPurpose {
        OpenAIModelName.purpose(config.present("model")?.string ?? model)
    }

    package nonisolated func check(_ config: JSONObject) throws(GatewayError) {
        try ConfigSchema.check(config, against: GatewayFields.added(to: fields))
        _ = try OpenAIConfig(config)
    }

    package func open(
        _ request: ChatRequest, on target: ProviderTarget
    ) async throws(GatewayError) -> any ChatStream {
        let config = try config(of: target)
        let response = try await send(request, on: target, config: config)
        guard (200..<300).contains(response.status) else {
            throw await refusal(response, target: target, config: config)
        }
        guard request.isStream, !Self.isJSON(response) else {
            return OpenAIWholeAnswer(response, config: config, target: target, isStream: request.isStream)
        }
        let choices = request.openAIBody?["n"]?.int ?? 1
        return OpenAIStream(response, config: config, target: target, choices: choices)
    }

    func config(of target: ProviderTarget) throws(GatewayError) -> OpenAIConfig { try configs.config(of: target) }

    private func send(
        _ request: ChatRequest, on target: ProviderTarget, config: OpenAIConfig
    ) async throws(GatewayError) -> any TransportResponse {
        let encoder = OpenAIRequestEncoder(
            model: config.model ?? target.model, maxTokens: target.maxTokens,
            tokenLimitMember: config.tokenLimitMember)
        let body: [UInt8]
        if request.byteCount > ChatRequest.largeBody {
            body = try await HelperPool.shared.run { () throws(GatewayError) in try encoder.encode(request) }
        } else {
            body = try encoder.encode(request)
        }
        var headers = config.headers
        headers.append("Accept", request.isStream ? "text/event-stream" : "application/json")
        do throws(TransportError) {
            return try await transport.send(
                TransportRequest(
                    url: config.url, headers: headers, body: body,
                    deadlines: config.deadlines.within(target.timeLimit)))
        } catch {
            throw OpenAIFailure.transport(error, hasAnswer: false)
        }
    }

    /// Reads why the upstream refused. A body that does not arrive, or is no JSON, leaves the status to speak.
    func refusal(
        _ response: any TransportResponse, target: ProviderTarget, config: OpenAIConfig
    ) async -> GatewayError {
        let body: [UInt8]
        do throws(TransportError) {
            body = try await response.collect(limit: Self.errorLimit)
        } catch {
            if error == .cancelled { return .cancelled }
            body = []
        }
        return OpenAIFailure(model: target.model, secrets: config.secrets)
            .refusal(status: response.status, headers: response.headers, body: body)
    }

    /// Some services answer a streamed call with one whole answer.
    private static func isJSON(_ response: any TransportResponse) -> Bool {
        response.headers["Content-Type"]?.lowercased().hasPrefix("application/json") ?? false
    }
}

package import Core
package import EventLoop

/// Anthropic's own API, or a service that speaks it.
///
/// A call that came in Anthropic's dialect is passed through: its body as it is but for the model's name, its answer
/// unchanged. A call in another dialect is translated.
@LoopActor
package final class AnthropicProvider: ChatProvider {
    /// What is read of an error's body, and of a count's.
    private static let smallBody = 64 * 1024

    private let transport: any Transport
    private let configs = ParsedConfigs { config throws(GatewayError) in try AnthropicConfig(config) }

    package nonisolated init(transport: any Transport) { self.transport = transport }

    package nonisolated var name: String { "anthropic" }

    package nonisolated var summary: String { "Anthropic's own API, or a service that speaks it." }

    package nonisolated var fields: [ConfigField] { AnthropicConfig.fields }

    package nonisolated var speaksAnthropic: Bool { true }

    package nonisolated func check(_ config: JSONObject) throws(GatewayError) {
        try ConfigSchema.check(config, against: GatewayFields.added(to: fields))
        _ = try AnthropicConfig(config)
    }

    package func open(
        _ request: ChatRequest, on target: ProviderTarget
    ) async throws(GatewayError) -> any ChatStream {
        try request.requireOneChoice()
        let config = try configs.config(of: target)
        let response = try await send(request, to: config.messagesURL, on: target, config: config, isCount: false)
        let failure = AnthropicFailure(model: target.model, secrets: config.secrets)
        let passesThrough = request.anthropic != nil
        return request.isStream
            ? AnthropicStream(response, failure: failure, passesThrough: passesThrough)
            : AnthropicWholeAnswer(response, failure: failure, passesThrough: passesThrough)
    }

    package func countTokens(
        _ request: ChatRequest, on target: ProviderTarget
    ) async throws(GatewayError) -> Int? {
        let config = try configs.config(of: target)
        let response = try await send(request, to: config.countURL, on: target, config: config, isCount: true)
        let answer = try await JSONAnswer.object(of: response, limit: Self.smallBody)
        guard let tokens = answer["input_tokens"]?.int, tokens >= 0 else {
            throw .upstream("The provider's answer cannot be read.", cause: "the count has no input_tokens")
        }
        return tokens
    }

    /// The answer of a call that the upstream has accepted.
    private func send(
        _ request: ChatRequest, to url: String, on target: ProviderTarget, config: AnthropicConfig, isCount: Bool
    ) async throws(GatewayError) -> any TransportResponse {
        let encoder = AnthropicRequestEncoder(
            model: config.model ?? target.model, maxTokens: target.maxTokens, isCount: isCount)
        let body = try await HelperPool.shared.run(when: request.isLarge) { () throws(GatewayError) in
            try encoder.encode(request)
        }
        let response: any TransportResponse
        do throws(TransportError) {
            response = try await transport.send(
                TransportRequest(
                    url: url, headers: headers(of: request, config: config, isCount: isCount), body: body,
                    deadlines: config.deadlines.within(target.timeLimit)))
        } catch {
            throw OpenAIFailure.transport(error, hasAnswer: false)
        }
        guard (200..<300).contains(response.status) else {
            throw await refusal(response, target: target, config: config)
        }
        return response
    }

    private func headers(of request: ChatRequest, config: AnthropicConfig, isCount: Bool) -> HeaderFields {
        var headers = config.headers
        headers.append("Accept", request.isStream && !isCount ? "text/event-stream" : "application/json")
        headers["anthropic-version"] = request.anthropic?.version ?? config.version
        let own = (request.anthropic?.betas ?? []).filter { !config.betas.contains($0) }
        let betas = config.betas + own
        if !betas.isEmpty { headers["anthropic-beta"] = betas.joined(separator: ",") }
        return headers
    }

    /// Reads why the upstream refused. A body that does not arrive, or is no JSON, leaves the status to speak.
    private func refusal(
        _ response: any TransportResponse, target: ProviderTarget, config: AnthropicConfig
    ) async -> GatewayError {
        let body: [UInt8]
        do throws(TransportError) {
            body = try await response.collect(limit: Self.smallBody)
        } catch {
            if error == .cancelled { return .cancelled }
            body = []
        }
        return AnthropicFailure(model: target.model, secrets: config.secrets)
            .refusal(status: response.status, headers: response.headers, body: body)
    }
}

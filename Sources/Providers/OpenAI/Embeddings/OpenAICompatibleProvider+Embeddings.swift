package import Core
internal import EventLoop

extension OpenAICompatibleProvider: EmbeddingProvider {
    /// The client's own body is passed on, with the upstream's name of the model.
    package func embed(
        _ request: EmbeddingRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> [Embedding] {
        let config = try config(of: target)
        var body = request.openAIBody
        body["model"] = .string(config.model ?? target.model)
        let document = try await call(
            config.embeddingsURL, body, isLarge: request.isLarge, on: target, config: config)
        if let usage = document.present("usage")?.object.flatMap(OpenAIUsage.read) { used(usage) }
        let wanted = request.inputs.count
        return try await HelperPool.shared.run { () throws(GatewayError) -> [Embedding] in
            try OpenAIEmbeddingAnswer.vectors(document, count: wanted)
        }
    }
}

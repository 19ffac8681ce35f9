package import Core
internal import EventLoop

extension OpenAICompatibleProvider: ImageProvider {
    /// The client's own body is passed on, with the upstream's name of the model.
    package func makeImages(
        _ request: ImageRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> ImageAnswer {
        let config = try config(of: target)
        var body = request.openAIBody
        body["model"] = .string(config.model ?? target.model)
        let document = try await call(
            config.imagesURL, body, isLarge: request.isLarge, on: target, config: config)
        guard let images = document["data"]?.array, !images.isEmpty else {
            throw .upstream("The provider's answer cannot be read.", cause: "an answer without images")
        }
        var usage = document.present("usage")?.object.flatMap(OpenAIUsage.readImages) ?? TokenUsage()
        usage.images = images.count
        used(usage)
        return .openAI(document)
    }
}

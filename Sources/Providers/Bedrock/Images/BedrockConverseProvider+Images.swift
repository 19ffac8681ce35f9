package import Core
internal import EventLoop

extension BedrockConverseProvider: ImageProvider {
    package func makeImages(
        _ request: ImageRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> ImageAnswer {
        let config = try config(of: target)
        guard let model = BedrockImageModel(config.identity.foundationModel) else {
            throw .invalid("The model '\(target.model)' makes no images. Ask for another model.", param: "model")
        }
        try model.check(request)
        let starts = Array(stride(from: 0, to: request.count, by: model.batch))
        let answers = try await ParallelCalls.run(starts.count) { index async throws(GatewayError) -> [String] in
            let count = min(model.batch, request.count - starts[index])
            let body = model.body(request, count: count, seed: Int.random(in: 1...model.largestSeed))
            let answer = try await self.invoke(body, isLarge: request.isLarge, config: config)
            return try ImageInvocationAnswer.images(answer, count: count)
        } each: { images in
            used(TokenUsage(images: images.count))
        }
        return .images(answers.flatMap { $0 })
    }
}

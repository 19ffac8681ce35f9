package import Core
internal import EventLoop

extension EchoProvider: EmbeddingProvider {
    package func embed(
        _ request: EmbeddingRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> [Embedding] {
        let config = try EchoConfig(target.config)
        guard request.dimensions ?? 1 <= EchoEmbedding.mostDimensions else {
            throw .invalid("dimensions must be at most \(EchoEmbedding.mostDimensions).", param: "dimensions")
        }
        if config.first > .zero {
            do { try await EventLoop.shared.sleep(for: config.first) } catch { throw .cancelled }
        }
        let embedded = await HelperPool.shared.run { () throws(Never) in
            request.inputs.map { EchoEmbedding($0, dimensions: request.dimensions) }
        }
        used(TokenUsage(input: embedded.reduce(0) { $0 + $1.words }))
        return embedded.map { .floats($0.vector) }
    }
}

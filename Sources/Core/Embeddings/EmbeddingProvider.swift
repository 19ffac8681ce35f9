package import EventLoop

/// A kind of upstream that makes embeddings; what a ``ChatProvider`` may be besides.
@LoopActor
package protocol EmbeddingProvider: Sendable {
    /// One vector for each input, in their order. Cancelling the task aborts what is under way.
    ///
    /// `used` is told what each call to the upstream took, as soon as it is known, so that what was used before a failure
    /// is paid. It is not called when the upstream tells nothing.
    func embed(
        _ request: EmbeddingRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> [Embedding]
}

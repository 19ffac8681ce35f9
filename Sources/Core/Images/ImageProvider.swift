package import EventLoop

/// A kind of upstream that makes images; what a ``ChatProvider`` may be besides.
@LoopActor
package protocol ImageProvider: Sendable {
    /// Makes ``ImageRequest/count`` images. Cancelling the task aborts what is under way.
    ///
    /// `used` is told of images that were made, and of tokens where the upstream tells them, as soon as they are known, so
    /// that what was made before a failure is paid.
    func makeImages(
        _ request: ImageRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> ImageAnswer
}

package import Core
package import EventLoop
package import Gateway

/// The gateway as the route of images sees it.
@LoopActor
package protocol ImageMaking: Sendable {
    /// Makes one call: admission, the provider, the ledger. Returns only once the record is durable.
    func makeImages(
        _ request: ImageRequest, for key: KeyRecord, call context: CallContext
    ) async throws(GatewayError) -> WorkOutcome<ImageAnswer>
}

extension ChatGateway: ImageMaking {}

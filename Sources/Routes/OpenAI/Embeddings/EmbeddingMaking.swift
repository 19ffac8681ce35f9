package import Core
package import EventLoop
package import Gateway

/// The gateway as the route of embeddings sees it.
@LoopActor
package protocol EmbeddingMaking: Sendable {
    /// Makes one call: admission, the provider, the ledger. Returns only once the record is durable.
    func embed(
        _ request: EmbeddingRequest, for key: KeyRecord, call context: CallContext
    ) async throws(GatewayError) -> WorkOutcome<[Embedding]>
}

extension ChatGateway: EmbeddingMaking {}

package import Core
internal import EventLoop

extension ChatGateway {
    /// Makes embeddings for a key that has been authenticated. 400 when the model's provider makes none.
    package func embed(
        _ request: EmbeddingRequest, for key: KeyRecord, call context: CallContext
    ) async throws(GatewayError) -> WorkOutcome<[Embedding]> {
        let order = await HelperPool.shared.run(when: request.isLarge) { () throws(Never) in WorkOrder(request) }
        return try await perform(order, for: key, call: context) { model throws(GatewayError) in
            guard let provider = model.provider as? any EmbeddingProvider else {
                throw .invalid("The model '\(model.name)' makes no embeddings. Ask for another model.", param: "model")
            }
            return provider
        } work: { provider, target, used throws(GatewayError) in
            try await provider.embed(request, on: target, used: used)
        }
    }
}

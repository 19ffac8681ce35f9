package import Core
internal import EventLoop

extension ChatGateway {
    /// Makes images for a key that has been authenticated. 400 when the model's provider makes none.
    package func makeImages(
        _ request: ImageRequest, for key: KeyRecord, call context: CallContext
    ) async throws(GatewayError) -> WorkOutcome<ImageAnswer> {
        try await perform(WorkOrder(request), for: key, call: context) { model throws(GatewayError) in
            guard let provider = model.provider as? any ImageProvider else {
                throw .invalid("The model '\(model.name)' makes no images. Ask for another model.", param: "model")
            }
            return provider
        } work: { provider, target, used throws(GatewayError) in
            try await provider.makeImages(request, on: target, used: used)
        }
    }
}

extension WorkOrder {
    fileprivate init(_ request: ImageRequest) {
        var shown = ChatRequest(model: request.model, messages: [ChatMessage(.user, [.text(request.prompt)])])
        shown.byteCount = request.byteCount
        self.init(
            request: shown,
            size: PromptSize(
                textBytes: request.prompt.utf8.count, messages: 1, tokens: 0, imagesToMake: request.count))
    }
}

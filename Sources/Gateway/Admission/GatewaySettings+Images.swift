internal import Core

extension GatewaySettings {
    /// Where the first image stands that the model is not to be sent; nil when there is none.
    func imageRefused(by model: ResolvedModel, in request: ChatRequest) -> String? {
        guard imagePolicy == .needsMultimodalModel, !model.record.isMultimodal else { return nil }
        return request.firstImagePath
    }
}

extension ChatRequest {
    /// Where the first image stands, as an error names it.
    fileprivate var firstImagePath: String? {
        for (index, message) in messages.enumerated() {
            for (place, part) in message.parts.enumerated() {
                if case .image = part.content { return "messages[\(index)].content[\(place)]" }
            }
        }
        return nil
    }
}

package import Core
internal import EventLoop

extension BedrockConverseProvider: EmbeddingProvider {
    package func embed(
        _ request: EmbeddingRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> [Embedding] {
        let config = try config(of: target)
        guard let model = BedrockEmbeddingModel(config.identity.foundationModel) else {
            throw .invalid("The model '\(target.model)' makes no embeddings. Ask for another model.", param: "model")
        }
        try model.check(dimensions: request.dimensions)
        let texts = try Self.texts(of: request)
        let inputType = try Self.inputType(of: request)
        let (dimensions, isLarge) = (request.dimensions, request.isLarge)
        let starts = Array(stride(from: 0, to: texts.count, by: model.batch))
        let answers = try await ParallelCalls.run(starts.count) {
            index async throws(GatewayError) -> EmbeddingInvocationAnswer in
            let part = Array(texts[starts[index]...].prefix(model.batch))
            let body = model.body(part, dimensions: dimensions, inputType: inputType)
            let answer = try await self.invoke(body, isLarge: isLarge, config: config)
            // One vector is a thousand numbers; a batch has a hundred times that.
            return try await HelperPool.shared.run(when: part.count > 1) { () throws(GatewayError) in
                try EmbeddingInvocationAnswer(answer, model: model, count: part.count)
            }
        } each: { answer in
            if let usage = answer.usage { used(usage) }
        }
        return answers.flatMap(\.vectors)
    }

    private static func texts(of request: EmbeddingRequest) throws(GatewayError) -> [String] {
        var texts: [String] = []
        for input in request.inputs {
            guard case .text(let text) = input else {
                throw .invalid(
                    "input holds numbers of tokens, which this model cannot read. Send texts.", param: "input")
            }
            texts.append(text)
        }
        return texts
    }

    private static func inputType(of request: EmbeddingRequest) throws(GatewayError) -> String? {
        guard let type = request.inputType else { return nil }
        guard BedrockEmbeddingModel.inputTypes.contains(type) else {
            let known = BedrockEmbeddingModel.inputTypes.joined(separator: ", ")
            throw .invalid("input_type must be one of \(known).", param: "input_type")
        }
        return type
    }
}

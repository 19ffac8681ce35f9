internal import Core

/// What an embedding model of Bedrock answered to one call.
struct EmbeddingInvocationAnswer: Sendable {
    let vectors: [Embedding]
    /// Nil when the service tells none.
    let usage: TokenUsage?

    /// - Parameter count: how many texts were sent.
    init(_ answer: InvocationAnswer, model: BedrockEmbeddingModel, count: Int) throws(GatewayError) {
        let rows: [JSONValue]
        switch model {
        case .titanV1, .titanV2, .titanImage: rows = answer.body["embedding"].map { [$0] } ?? []
        // An array, or arrays by type; which one depends on the model's version.
        case .cohereV3, .cohereV4:
            let all = answer.body["embeddings"]
            rows = all?.array ?? all?.object?["float"]?.array ?? []
        }
        guard rows.count == count else { throw InvocationAnswer.unreadable("\(rows.count) vectors for \(count) texts") }
        var vectors: [Embedding] = []
        vectors.reserveCapacity(count)
        for row in rows {
            guard let vector = EmbeddingVector.read(row) else { throw InvocationAnswer.unreadable("a broken vector") }
            vectors.append(.floats(vector))
        }
        self.vectors = vectors
        usage = answer.inputTokens(or: "inputTextTokenCount").map { TokenUsage(input: $0) }
    }
}

package import Core
package import EventLoop
internal import Gateway

/// `POST /v1/embeddings`.
@LoopActor
package struct EmbeddingsRoute {
    /// Numbers from which writing them no longer belongs on the event loop.
    private static let manyNumbers = 32 * 1024

    private let gateway: any EmbeddingMaking
    private let bodyLimit: Int

    package nonisolated init(gateway: any EmbeddingMaking, bodyLimit: Int = 32 * 1024 * 1024) {
        self.gateway = gateway
        self.bodyLimit = bodyLimit
    }

    /// Answers an authenticated request.
    package func handle(_ exchange: any HTTPExchange, key: KeyRecord) async throws(GatewayError) {
        try await CallAnswer.send(on: exchange, for: key) { call throws(GatewayError) in
            let body = try await exchange.body(limit: bodyLimit)
            let request = try await HelperPool.shared.run(when: body.count >= ChatRequest.largeBody) {
                () throws(GatewayError) in
                try EmbeddingRequestParser.parse(body)
            }
            let outcome = try await gateway.embed(request, for: key, call: call)
            let renderer = EmbeddingRenderer(model: request.model, encoding: request.encoding)
            return try await HelperPool.shared.run(when: Self.isLarge(outcome.answer)) { () throws(GatewayError) in
                try renderer.render(outcome.answer, usage: outcome.usage)
            }
        }
    }

    private static func isLarge(_ embeddings: [Embedding]) -> Bool {
        switch embeddings.first {
        case .floats(let vector): embeddings.count * vector.count >= manyNumbers
        case .base64(let text): embeddings.count * text.utf8.count >= ChatRequest.largeBody
        case nil: false
        }
    }
}

package import Core
package import EventLoop
internal import Gateway

/// `POST /v1/images/generations`.
@LoopActor
package struct ImagesRoute {
    private let gateway: any ImageMaking
    private let clock: any WallClock
    private let bodyLimit: Int

    package nonisolated init(gateway: any ImageMaking, clock: any WallClock, bodyLimit: Int = 32 * 1024 * 1024) {
        self.gateway = gateway
        self.clock = clock
        self.bodyLimit = bodyLimit
    }

    /// Answers an authenticated request.
    package func handle(_ exchange: any HTTPExchange, key: KeyRecord) async throws(GatewayError) {
        try await CallAnswer.send(on: exchange, for: key) { call throws(GatewayError) in
            let body = try await exchange.body(limit: bodyLimit)
            let request = try await HelperPool.shared.run(when: body.count >= ChatRequest.largeBody) {
                () throws(GatewayError) in
                try ImageRequestParser.parse(body)
            }
            let created = Int(clock.now.seconds)
            let outcome = try await gateway.makeImages(request, for: key, call: call)
            // Megabytes, nearly always.
            return try await HelperPool.shared.run { () throws(GatewayError) in
                Self.document(outcome.answer, created: created).serialized()
            }
        }
    }

    private nonisolated static func document(_ answer: ImageAnswer, created: Int) -> JSONValue {
        switch answer {
        case .openAI(let document): .object(document)
        case .images(let images):
            ["created": .int(created), "data": .array(images.map { ["b64_json": .string($0)] })]
        }
    }
}

internal import Core
internal import EventLoop

/// `GET /v1/models` and `GET /v1/models/{id}`: what the key may use, in OpenAI's shape.
@LoopActor
enum ModelsRoute {
    nonisolated static let routes = [
        Route("GET", "/v1/models", .keyed(list)),
        Route("GET", "/v1/models/{id...}", .keyed(detail)),
    ]

    static func list(_ call: KeyedCall) async throws(GatewayError) -> HTTPResponse {
        let models = try await stored {
            try await call.services.stores.models.models(usableBy: call.key.id, group: call.key.groupID)
        }
        return HTTPResponse(json: ["object": "list", "data": .array(models.map(row))])
    }

    /// A model that exists and may not be used is answered like one that does not exist.
    static func detail(_ call: KeyedCall) async throws(GatewayError) -> HTTPResponse {
        let name = call.parameters.first ?? ""
        let found = try await stored {
            try call.services.stores.models.model(named: name, for: call.key.id, group: call.key.groupID)
        }
        guard let found, found.mayUse else {
            throw .notFound(
                "The model '\(name.prefix(200))' does not exist, or this key may not use it.",
                code: "model_not_found", param: "model")
        }
        return HTTPResponse(json: row(found.record))
    }

    private static func row(_ model: ModelRecord) -> JSONValue {
        [
            "id": .string(model.name), "object": "model", "created": .int(model.createdAt.seconds),
            "owned_by": .string(model.provider),
        ]
    }
}

internal import Core
internal import EventLoop
internal import Providers

/// `POST /admin/model/test`: one tiny call of a model, past its ledger, to see whether its configuration works.
@LoopActor
enum AdminModelTestRoute {
    nonisolated static let routes = [Route("POST", "/admin/model/test", .admin(test))]

    static func test(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: ModelID = try await call.fields(["id"]).id("id")
        let model = try await stored { try call.services.stores.models.model(id) }
        guard let model else { throw GatewayError.storage(.notFound("model")) }
        let provider = try call.services.providers.provider(named: model.provider)
        // It may cost money at the provider, so it should be known who made it.
        try await stored { try await call.services.stores.audit.note("model.test", "model:\(id)", by: call.author) }
        let trial = ModelTrial(model, on: provider, requestID: call.request.id)
        return try await trial.run(within: call.services.settings.modelTestLimits)
    }
}

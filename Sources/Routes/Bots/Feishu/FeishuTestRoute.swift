package import Bots
package import Core
package import EventLoop
internal import Providers

/// `POST …/test`: whether the platform takes a bot's credentials.
@LoopActor
package final class FeishuTestRoute {
    private let clients: FeishuClients

    package nonisolated init(clients: FeishuClients) { self.clients = clients }

    /// `{ok, …}` with what the platform answered; it is no error of Brook's when it refuses.
    package func test(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: WebhookID = try await call.fields(["id"]).id("id")
        let webhook = try await stored { try await call.services.stores.webhooks.webhook(.id(id)) }
        guard let webhook else { throw GatewayError.storage(.notFound("webhook")) }
        try await stored { try await call.services.stores.audit.note("webhook.test", "webhook:\(id)", by: call.author) }
        let config = FeishuConfig(webhook.config)
        let began = EventLoop.shared.now
        var result: JSONObject
        do throws(FeishuError) {
            let client = clients.client(for: config)
            let seconds = try await client.testToken()
            result = ["ok": true, "token_expires_in": .int(seconds)]
            result["open_id"] = .optional(try? await client.openID(.once))
        } catch {
            result = ["ok": false, "error": .object(Self.shown(error))]
        }
        result["verified"] = .bool(config.isVerified)
        result["encrypted"] = .bool(config.encryptKey != nil)
        result["latency"] = .int(Int((EventLoop.shared.now - began) / 1_000_000))
        return .object(result)
    }

    private static func shown(_ error: FeishuError) -> JSONObject {
        switch error {
        case .refused(let code, let message): ["code": .int(code), "message": .string(message)]
        case .unreachable(let cause):
            ["code": .null, "message": .string("The platform could not be reached: \(cause)")]
        case .busy: ["code": .null, "message": "The limits of the app leave no room at the moment."]
        case .tooLarge: ["code": .null, "message": "The platform's answer is too large."]
        case .cancelled: ["code": .null, "message": "The test was broken off."]
        }
    }
}

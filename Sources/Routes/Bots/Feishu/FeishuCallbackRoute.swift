package import Bots
package import Core
package import EventLoop

/// `POST /bot/feishu/{name}/webhook/event`: what the platform calls. It has no key; it proves itself by its body.
@LoopActor
package final class FeishuCallbackRoute {
    /// Events are some kilobytes: a message has at most 150 KB of text.
    private static let bodyLimit = 512 * 1024

    private let intake: FeishuIntake

    package nonisolated init(intake: FeishuIntake) { self.intake = intake }

    package func handle(_ call: CallbackCall) async throws(GatewayError) -> HTTPResponse {
        let outcome = try await intake.take(bot: call.parameters.first ?? "", call.exchange.request.headers) {
            () throws(GatewayError) in
            try await call.exchange.body(limit: Self.bodyLimit)
        }
        switch outcome {
        case .challenge(let text): return HTTPResponse(json: ["challenge": .string(text)])
        case .accepted: return Self.taken("accepted")
        case .repeated: return Self.taken("repeated")
        case .ignored: return Self.taken("ignored")
        case .full:
            throw GatewayError(
                status: 503, type: "server_error", code: "bot_busy",
                message: "Too many messages to this bot wait for their answer.", retryAfterSeconds: 15)
        case .unknownBot: throw .notFound("There is no bot of this name.", code: "bot_not_found")
        case .refused:
            // Whatever was wrong, so that nobody can find out by trying.
            throw .forbidden("The request is not from the platform of this bot.", code: "callback_refused")
        }
    }

    private static func taken(_ how: String) -> HTTPResponse {
        HTTPResponse(json: ["success": true, "data": .string(how)])
    }
}

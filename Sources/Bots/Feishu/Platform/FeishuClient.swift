package import Core
package import EventLoop
internal import FoundationEssentials

/// Calls of one app on the platform: within its limits, with its token, tried again where that helps.
@LoopActor
package final class FeishuClient {
    package enum Urgency {
        case needed
        /// Never tried again, because somebody waits for the outcome.
        case once
        /// Not made at all while the app's limits are short of room, and never tried again.
        case optional
    }

    private static let mostAttempts = 6
    private static let firstPause = Duration.seconds(1)
    private static let answerLimit = 256 * 1024
    private static let deadlines = Deadlines(
        connect: .seconds(5), firstByte: .seconds(15), idle: .seconds(15), total: .seconds(30))

    private let config: FeishuConfig
    private let transport: any Transport
    private let pace: SharedPace
    private let metrics: any MetricsRecorder
    private lazy var tokens = FeishuTokens { [unowned self] in await requestToken() }
    private var botID: String?
    /// The app's number among those that share the limits.
    private let caller: UInt64

    package init(
        _ config: FeishuConfig, transport: any Transport, pace: SharedPace, metrics: any MetricsRecorder
    ) {
        self.config = config
        self.transport = transport
        self.pace = pace
        self.metrics = metrics
        // FNV-1a (64 bit): the same in every process.
        caller = (config.baseURL + " " + config.appID).utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }

    /// Replies to a message with a card; answers the id of the reply.
    ///
    /// - Parameter uuid: at most 50 characters; the platform sends no second message with the same one within an hour.
    package func reply(to message: String, card: String, uuid: String) async throws(FeishuError) -> String {
        let answer = try await call(
            "POST", "/open-apis/im/v1/messages/\(message)/reply",
            ["msg_type": "interactive", "content": .string(card), "uuid": .string(uuid)])
        guard let id = answer["data"]?.object?["message_id"]?.string, FeishuEventReader.isID(id) else {
            throw .unreachable("the answer to a reply has no message_id")
        }
        return id
    }

    /// Replaces a card that the bot has sent.
    package func edit(_ message: String, card: String, _ urgency: Urgency) async throws(FeishuError) {
        _ = try await call("PATCH", "/open-apis/im/v1/messages/\(message)", ["content": .string(card)], urgency)
    }

    /// The bot's own open id, as mentions have it. Asked once.
    package func openID(_ urgency: Urgency = .needed) async throws(FeishuError) -> String {
        if let botID { return botID }
        let answer = try await call("GET", "/open-apis/bot/v3/info", nil, urgency)
        guard let id = answer["bot"]?.object?["open_id"]?.string else {
            throw .unreachable("the answer about the bot has no open_id")
        }
        botID = id
        return id
    }

    /// A file of a message, of at most `limit` bytes.
    package func resource(
        _ resource: FeishuMessage.Resource, of message: String, limit: Int
    ) async throws(FeishuError) -> [UInt8] {
        let path = "/open-apis/im/v1/messages/\(message)/resources/\(resource.key)?type=\(resource.kind.rawValue)"
        return try await attempt("GET", path, nil, .needed, limit: limit, ownToken) {
            status, headers, body throws(FeishuError) in
            guard headers["Content-Type"]?.hasPrefix("application/json") == true || status >= 400 else {
                return .success(body)
            }
            guard let answer = FeishuAnswer(status: status, headers: headers, body: body) else {
                // A file that happens to be JSON, or an error page.
                if status < 400 { return .success(body) }
                throw .unreachable("status \(status)")
            }
            return answer.isFine ? .success(body) : .refusal(answer)
        }
    }

    /// Fetches a new token; answers the seconds that it is good for.
    package func testToken() async throws(FeishuError) -> Int {
        try await requestToken(.once).get().validSeconds
    }

    private func requestToken(_ urgency: Urgency = .needed) async -> Result<FeishuTokens.Fresh, FeishuError> {
        do throws(FeishuError) {
            let answer = try await attempt(
                "POST", "/open-apis/auth/v3/tenant_access_token/internal",
                ["app_id": .string(config.appID), "app_secret": .string(config.appSecret)], urgency,
                { () throws(FeishuError) in nil }, Self.document)
            guard let text = answer["tenant_access_token"]?.string, let seconds = answer["expire"]?.int else {
                throw .unreachable("the answer has no token")
            }
            return .success(FeishuTokens.Fresh(text: text, validSeconds: seconds))
        } catch { return .failure(error) }
    }

    private func call(
        _ method: String, _ path: String, _ body: JSONObject?, _ urgency: Urgency = .needed
    ) async throws(FeishuError) -> JSONObject {
        try await attempt(method, path, body, urgency, ownToken, Self.document)
    }

    private func ownToken() async throws(FeishuError) -> String? { try await tokens.token() }

    /// What one call brought.
    private enum Outcome<Value> {
        case success(Value)
        case refusal(FeishuAnswer)
    }

    private static func document(
        _ status: Int, _ headers: HeaderFields, _ body: [UInt8]
    ) throws(FeishuError) -> Outcome<JSONObject> {
        guard let answer = FeishuAnswer(status: status, headers: headers, body: body) else {
            throw .unreachable("status \(status) without JSON")
        }
        return answer.isFine ? .success(answer.body) : .refusal(answer)
    }

    private func attempt<Value>(
        _ method: String, _ path: String, _ body: JSONObject?, _ urgency: Urgency, limit: Int = answerLimit,
        _ token: @LoopActor () async throws(FeishuError) -> String?,
        _ read: (Int, HeaderFields, [UInt8]) throws(FeishuError) -> Outcome<Value>
    ) async throws(FeishuError) -> Value {
        var pause = Self.firstPause
        var isTokenNew = false
        for number in 1...Self.mostAttempts {
            let token = try await token()
            if urgency == .optional {
                guard pace.offer(caller, now: EventLoop.shared.now) else { throw .busy }
            } else {
                try await turn()
            }
            let isLast = number == Self.mostAttempts || urgency != .needed
            let answer: FeishuAnswer
            do throws(FeishuError) {
                let (status, headers, bytes) = try await send(method, path, body, token: token, limit: limit)
                switch try read(status, headers, bytes) {
                case .success(let value): return value
                case .refusal(let refusal): answer = refusal
                }
            } catch {
                guard case .unreachable = error, !isLast else { throw error }
                try await sleep(pause)
                pause *= 2
                continue
            }
            if answer.isTokenRefused, let token, !isTokenNew {
                tokens.forget(token)
                isTokenNew = true
            } else if answer.isRateLimited {
                metrics.add(.botCallsThrottled, 1)
                pace.hold(caller, for: answer.pause ?? pause, now: EventLoop.shared.now)
                if isLast { throw answer.error }
                pause *= 2
            } else if answer.isTrouble, !isLast {
                try await sleep(pause)
                pause *= 2
            } else {
                throw answer.error
            }
        }
        throw .unreachable("the platform keeps refusing")
    }

    /// Waits for the app's turn.
    private func turn() async throws(FeishuError) {
        guard let wait = pace.reserve(caller, now: EventLoop.shared.now) else { throw .busy }
        if wait > .zero { try await sleep(wait) }
    }

    private func sleep(_ duration: Duration) async throws(FeishuError) {
        do { try await EventLoop.shared.sleep(for: duration) } catch { throw .cancelled }
    }

    private func send(
        _ method: String, _ path: String, _ body: JSONObject?, token: String?, limit: Int
    ) async throws(FeishuError) -> (Int, HeaderFields, [UInt8]) {
        var headers: HeaderFields = ["Content-Type": "application/json; charset=utf-8"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        metrics.add(.botCalls, 1)
        do throws(TransportError) {
            let response = try await transport.send(
                TransportRequest(
                    method: method, url: config.baseURL + path, headers: headers,
                    body: body.map { JSONValue.object($0).serialized() } ?? [], deadlines: Self.deadlines))
            // What is wrong is said in JSON also where a file was asked for.
            let limit = response.status >= 400 ? max(limit, Self.answerLimit) : limit
            return (response.status, response.headers, try await response.collect(limit: limit))
        } catch { throw FeishuError(error) }
    }
}

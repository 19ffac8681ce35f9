import Core
import EventLoop
import Gateway
import TestSupport
import Testing

@testable import Routes

@Suite("Header fields of limits")
struct RateLimitFieldTests {
    private static let windows = LimitWindows(
        requests: LimitWindows.Window(limit: 20, remaining: 19, resetSeconds: 61),
        tokens: LimitWindows.Window(limit: 1000, remaining: 0, resetSeconds: 59))
    private static let expected = [
        ("x-ratelimit-limit-requests", "20"), ("x-ratelimit-remaining-requests", "19"),
        ("x-ratelimit-reset-requests", "1m1s"), ("x-ratelimit-limit-tokens", "1000"),
        ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "59s"),
    ]

    private static func key(_ requestsPerMinute: Int) -> KeyRecord {
        let now = ManualClock().now
        return KeyRecord(
            id: KeyID(rawValue: 1), name: "a", role: .user, maskedKey: "br-", monthQuota: nil,
            requestsPerMinute: requestsPerMinute, createdAt: now, updatedAt: now)
    }

    /// The answer to one call, as the router would give it.
    @LoopActor
    private static func answer(
        _ steps: [ScriptedGateway.Step], stream: Bool, windows: LimitWindows? = windows, rpm: Int = 20
    ) async throws -> RecordedExchange {
        let gateway = ScriptedGateway(steps)
        gateway.windows = windows
        let body = #"{"model":"m","stream":\#(stream),"messages":[{"role":"user","content":"x"}]}"#
        let exchange = RecordedExchange("POST", "/v1/chat/completions", key: nil, json: body)
        let route = ChatCompletionsRoute(gateway: gateway, clock: ManualClock())
        do throws(GatewayError) { try await route.handle(exchange, key: key(rpm)) } catch {
            let response = ErrorRenderer.response(error, dialect: .openAI, requestID: "r")
            try await exchange.respond(response)
        }
        return exchange
    }

    @Test("are in answers that are whole, streamed or refused", arguments: [true, false])
    func present(stream: Bool) async throws {
        try await onLoop {
            let text = ScriptedGateway.Step.deliver(ChatDelta([.text("a"), .finish(.stop)]))
            for steps in [[text], [.fail(.rateLimited("slow", retryAfterSeconds: 7))]] {
                let exchange = try await Self.answer(steps, stream: stream)
                for (name, value) in Self.expected { #expect(exchange.header(name) == value) }
                #expect((exchange.header("Retry-After") == "7") == (exchange.status == 429))
            }
        }
    }

    @Test("name only the limits that the key has")
    func some() async throws {
        try await onLoop {
            let window = LimitWindows.Window(limit: 3, remaining: -5, resetSeconds: 0)
            let exchange = try await Self.answer(
                [.deliver(ChatDelta([.text("a")]))], stream: true, windows: LimitWindows(tokens: window))
            #expect(exchange.header("x-ratelimit-limit-requests") == nil)
            #expect(exchange.header("x-ratelimit-remaining-tokens") == "0")
            #expect(exchange.header("x-ratelimit-reset-tokens") == "0s")
        }
    }

    @Test("are not in answers to keys without limits")
    func absent() async throws {
        try await onLoop {
            for stream in [true, false] {
                let exchange = try await Self.answer([.deliver(ChatDelta([.text("a")]))], stream: stream, rpm: 0)
                #expect(exchange.status == 200)
                for (name, _) in Self.expected { #expect(exchange.header(name) == nil) }
            }
        }
    }
}

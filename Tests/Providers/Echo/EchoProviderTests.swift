import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite("The echo provider")
struct EchoProviderTests {
    private static func request(_ text: String = "one two  three", stream: Bool = true) -> ChatRequest {
        var request = ChatRequest(
            model: "demo", messages: [ChatMessage(.system, [.text("be brief")]), ChatMessage(.user, [.text(text)])])
        request.isStream = stream
        return request
    }

    @LoopActor
    private static func deltas(
        _ request: ChatRequest, _ config: JSONObject = [:], maxTokens: Int? = nil
    ) async throws -> [[ChatEvent]] {
        let target = ProviderTarget(model: "demo", config: config, requestID: "r", maxTokens: maxTokens)
        let stream = try await EchoProvider().open(request, on: target)
        var deltas: [[ChatEvent]] = []
        while let delta = try await stream.next() { deltas.append(delta.events) }
        return deltas
    }

    private static func texts(_ deltas: [[ChatEvent]]) -> [String] {
        deltas.joined().compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    @Test("Repeats the last user message word by word, and counts words as tokens")
    func repeats() async throws {
        try await onLoop {
            let deltas = try await Self.deltas(Self.request())
            #expect(Self.texts(deltas) == ["one", " two", "  three"])
            #expect(deltas.last == [.finish(.stop), .usage(TokenUsage(input: 5, output: 3))])
        }
    }

    @Test(
        "Divides its reply into the pieces that the configuration names",
        arguments: [
            (1, ["alpha beta gamma delta"]), (2, ["alpha beta", " gamma delta"]),
            (4, ["alpha", " beta", " gamma", " delta"]),
        ])
    func chunks(_ count: Int, _ expected: [String]) async throws {
        try await onLoop {
            let config: JSONObject = ["reply": "alpha beta gamma delta", "chunks": .int(count)]
            let deltas = try await Self.deltas(Self.request(), config)
            #expect(Self.texts(deltas) == expected)
        }
    }

    @Test("Cuts between characters when there are fewer words than pieces, and never makes an empty piece")
    func manyChunks() async throws {
        try await onLoop {
            let some = try await Self.deltas(Self.request(), ["reply": "日本 ab", "chunks": 3])
            #expect(Self.texts(some).joined() == "日本 ab")
            #expect(Self.texts(some).count == 3)
            let most = try await Self.deltas(Self.request(), ["reply": "日本 ab", "chunks": 60])
            #expect(Self.texts(most) == ["日", "本", " ", "a", "b"])
            let none = try await Self.deltas(Self.request(""), ["chunks": 60])
            #expect(none == [[.finish(.stop), .usage(TokenUsage(input: 2, output: 0))]])
        }
    }

    @Test("Answers whole when the client does not ask for a stream")
    func wholeAnswer() async throws {
        try await onLoop {
            let deltas = try await Self.deltas(Self.request(stream: false), ["chunks": 2])
            #expect(Self.texts(deltas) == ["one two  three"])
        }
    }

    @Test("Ends at the limit of tokens, and says so")
    func limit() async throws {
        try await onLoop {
            let deltas = try await Self.deltas(Self.request(), maxTokens: 2)
            #expect(Self.texts(deltas).joined() == "one two")
            #expect(deltas.last == [.finish(.length), .usage(TokenUsage(input: 5, output: 2))])
            let exact = try await Self.deltas(Self.request(), maxTokens: 3)
            #expect(exact.last?.first == .finish(.stop))
        }
    }

    @Test("Keeps the pace that the configuration names")
    func pace() async throws {
        try await onLoop {
            let start = EventLoop.shared.now
            _ = try await Self.deltas(Self.request("a b c"), ["first_ms": 20, "interval_ms": 10])
            #expect(EventLoop.shared.now - start >= 40_000_000)
        }
    }

    @Test("Ends at once when the task is cancelled while it waits")
    func cancelled() async throws {
        try await onLoop {
            let start = EventLoop.shared.now
            let task = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                try await Self.deltas(Self.request(), ["first_ms": 600_000])
            }
            EventLoop.shared.schedule(after: .milliseconds(1)) { task.cancel() }
            let result = await task.result
            #expect(throws: GatewayError.self) { try result.get() }
            #expect(EventLoop.shared.now - start < 60_000_000_000)
        }
    }

    @Test("A large message is divided on a helper thread")
    func large() async throws {
        try await onLoop {
            var request = Self.request(String(repeating: "word ", count: 100_000))
            request.byteCount = 500_000
            let deltas = try await Self.deltas(request)
            #expect(deltas.count == 1001)
            #expect(deltas.last == [.finish(.stop), .usage(TokenUsage(input: 100_002, output: 100_000))])
        }
    }
}

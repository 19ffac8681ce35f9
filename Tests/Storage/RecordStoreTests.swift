import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Records", .timeLimit(.minutes(1)))
struct RecordStoreTests {
    @Test("carry every field of the call, but the whole prompt and the attempts only in its detail")
    func threadFields() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(
                .sample(quota: dollars("0.1"), balance: dollars("1")), by: fixture.operatorOfTests)
            var call = CallRecord(
                model: "claude", provider: "bedrock-converse",
                prices: PriceList(
                    input: dollars("3"), output: dollars("15"), cacheRead: dollars("0.3"), cacheWrite: nil,
                    cacheWriteOneHour: dollars("6")))
            call.prompt = "Hello\nthere"
            call.wholePrompt = "[{\"role\":\"user\"}]"
            call.completion = "Hi"
            call.reasoning = "thinking"
            call.toolCalls = "[]"
            call.usage = TokenUsage(
                input: 1, output: 2, cacheRead: 3, cacheWrite: 4, cacheWriteOneHour: 5, reasoning: 1)
            call.fee = dollars("0.3")
            call.isEstimated = true
            call.status = .truncated
            call.errorCode = "stream_truncated"
            call.finishReason = "stop"
            call.isStream = true
            call.firstByteLatency = 120
            call.invocationLatency = 900
            call.attempts = [
                AttemptRecord(
                    model: "claude", provider: "bedrock-converse", region: "us-east-1", status: 429,
                    code: "rate_limit_exceeded", latency: 7),
                AttemptRecord(model: "claude", provider: "bedrock-converse", status: 200, latency: 120),
            ]
            let id = try await storage.settle(
                Settlement(
                    hold: nil, keyID: key.id, keyName: "Ada", month: fixture.month, requestID: "req-1",
                    session: nil, call: call))
            #expect(try await storage.thread(id)?.call == call)
            call.wholePrompt = ""
            call.attempts = []
            let expected = ThreadRecord(
                id: id, requestID: "req-1", sessionID: nil, keyID: key.id, keyName: "Ada", call: call,
                feeBalance: dollars("0.2"), createdAt: fixture.clock.now)
            #expect(try await storage.threads(ThreadFilter(), page: PageRequest()).items == [expected])
            let whole = try fixture.inspect("SELECT whole_prompt FROM threads") { $0.text() }
            #expect(whole == ["[{\"role\":\"user\"}]"])
        }
    }

    @Test("are filtered by key, session, model, time and text")
    func threadFilters() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let ada = try await storage.create(.sample("Ada", seed: 1), by: me)
            let bob = try await storage.create(.sample("Bob", seed: 2), by: me)
            let session = SessionReference(key: "s", title: "Title")
            let start = fixture.clock.now
            try await storage.spend(.zero, ada, fixture, request: "1", session: session) { $0.prompt = "cats" }
            fixture.clock.advance(seconds: 10)
            try await storage.spend(.zero, bob, fixture, request: "2", session: session) { $0.completion = "cats too" }
            fixture.clock.advance(seconds: 10)
            try await storage.spend(.zero, ada, fixture, request: "3") { $0.model = "other" }
            func requests(_ filter: ThreadFilter) async throws -> [String] {
                try await storage.threads(filter, page: PageRequest()).items.map(\.requestID)
            }
            #expect(try await requests(ThreadFilter()) == ["3", "2", "1"])
            #expect(try await requests(ThreadFilter(text: "CATS")) == ["2", "1"])
            #expect(try await requests(ThreadFilter(keyID: ada.id)) == ["3", "1"])
            #expect(try await requests(ThreadFilter(model: "other")) == ["3"])
            #expect(try await requests(ThreadFilter(from: start.adding(seconds: 10))) == ["3", "2"])
            #expect(try await requests(ThreadFilter(to: start.adding(seconds: 10))) == ["1"])
            let sessions = try await storage.sessions(SessionFilter(keyID: bob.id), page: PageRequest())
            #expect(sessions.total == 1)
            let id = try #require(sessions.items.first?.id)
            #expect(try await requests(ThreadFilter(sessionID: id)) == ["2"])
            #expect(try await requests(ThreadFilter(keyID: ada.id, sessionID: id)) == [])
        }
    }

    @Test("group calls of one key and Session-Id into a session that keeps its first title")
    func sessions() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada"), by: fixture.operatorOfTests)
            let began = fixture.clock.now
            try await storage.spend(
                dollars("0.1"), key, fixture, request: "1", session: SessionReference(key: "s", title: "First")
            ) { $0.usage = TokenUsage(input: 10, output: 5, cacheRead: 3, cacheWrite: 2) }
            fixture.clock.advance(seconds: 60)
            try await storage.spend(
                dollars("0.2"), key, fixture, request: "2", session: SessionReference(key: "s", title: "Second")
            ) { $0.usage = TokenUsage(input: 1, output: 1) }
            let page = try await storage.sessions(SessionFilter(text: "fir"), page: PageRequest())
            let expected = SessionRecord(
                id: try #require(page.items.first?.id), key: "s", title: "First", keyID: key.id, keyName: "Ada",
                totalInTokens: 16, totalOutTokens: 6, totalFee: dollars("0.3"), threadCount: 2, createdAt: began,
                updatedAt: fixture.clock.now)
            #expect(page.items == [expected])
            #expect(try await storage.sessions(SessionFilter(text: "second"), page: PageRequest()).total == 0)
        }
    }
}

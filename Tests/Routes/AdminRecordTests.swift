import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct AdminRecordTests {
    @Test("A thread's row has the documented columns, its tool calls as an array, and no whole prompt")
    func thread() async throws {
        try await onLoop {
            let world = try await World()
            world.storage.threads = [Self.thread(toolCalls: #"[{"id":"c1"}]"#)]
            let answer = await world.send("GET", "/admin/thread/list")
            let row = try #require(answer.items.first)
            #expect(
                Set(row.members.map(\.name)) == [
                    "id", "request_id", "session_id", "key_id", "key_name", "model", "provider", "prompt", "completion",
                    "reasoning", "tool_calls", "tokens_in", "tokens_out", "tokens_cache_read", "tokens_cache_write",
                    "price_in", "price_out", "fee", "fee_balance", "estimated", "status", "error_code", "finish_reason",
                    "stream", "first_byte_latency", "invocation_latency", "created_at",
                ])
            #expect(row["tool_calls"] == [["id": "c1"]])
            #expect(row["tokens_in"] == 7 && row["tokens_out"] == 3 && row["tokens_cache_read"] == 100)
            #expect(row["tokens_cache_write"] == 30)
            #expect(answer.text.contains(#""fee":0.000045,"fee_balance":0.000001,"#))
            #expect(row["session_id"] == .null && row["status"] == "truncated" && row["first_byte_latency"] == .null)
        }
    }

    @Test(
        "A search for nothing or for too much is refused with the remedy",
        arguments: [
            ("%3F%21", "letter or a digit"), ("%EF%BC%8C", "letter or a digit"),
            (String(repeating: "w+", count: SearchTerms.limit + 1), "at most 16 words"),
            (String(repeating: "x", count: 1001), "at most 1000 bytes"),
        ])
    func refusedSearches(query: String, remedy: String) async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/admin/thread/list?q=\(query)")
            #expect(answer.status == 400 && answer.text.contains(remedy) && answer.text.contains(#""param":"q""#))
            #expect(world.storage.lastThreadFilter == nil)
        }
    }

    @Test("A total that is capped says so, and others do not")
    func cappedTotal() {
        let page = PageRequest(limit: 5, offset: 10)
        #expect(
            ManagementEnvelope.list([], total: 10, isCapped: true, page: page)
                == ["items": [], "total": 10, "total_capped": true, "limit": 5, "offset": 10])
        #expect(
            ManagementEnvelope.list([], total: 10, page: page)
                == ["items": [], "total": 10, "limit": 5, "offset": 10])
    }

    @Test("Filters of threads reach the store, and times bound them")
    func filters() async throws {
        try await onLoop {
            let world = try await World()
            let query = "q=ping&key_id=2&session_id=4&model=m&from=2026-11-01&to=2026-12-01T00:00:00Z"
            #expect(await world.send("GET", "/admin/thread/list?\(query)").status == 200)
            let expected = ThreadFilter(
                text: "ping", keyID: World.user, sessionID: SessionID(rawValue: 4), model: "m",
                from: Timestamp(iso8601: "2026-11-01"), to: Timestamp(iso8601: "2026-12-01"))
            #expect(world.storage.lastThreadFilter == expected)
            #expect(
                await world.send("GET", "/admin/thread/list?q=&limit=10&offset=&key_id=&session_id=").status == 200)
            #expect(world.storage.lastThreadFilter == ThreadFilter())
            #expect(await world.send("GET", "/admin/thread/list?from=yesterday").error?["param"] == "from")
            #expect(await world.send("GET", "/admin/session/list?key_id=x").error?["param"] == "key_id")
        }
    }

    @Test("A list of megabytes arrives whole")
    func large() async throws {
        try await onLoop {
            let world = try await World()
            let arguments = String(repeating: "x", count: 2000)
            world.storage.threads = (0..<500).map { _ in Self.thread(toolCalls: #"[{"id":"\#(arguments)"}]"#) }
            let answer = await world.send("GET", "/admin/thread/list?limit=1000")
            #expect(answer.body.count > 1_000_000)
            #expect(answer.items.count == 500)
            #expect(answer.items.allSatisfy { $0["tool_calls"]?.array?.count == 1 })
        }
    }

    @Test("A session's row has the documented columns")
    func session() async throws {
        try await onLoop {
            let world = try await World()
            let now = world.clock.now
            world.storage.sessions = [
                SessionRecord(
                    id: SessionID(rawValue: 4), key: "chat-1", title: "ping", keyID: World.user, keyName: "user",
                    totalInTokens: 5, totalOutTokens: 6, totalFee: Money(nanodollars: 45_000), threadCount: 2,
                    createdAt: now, updatedAt: now)
            ]
            let answer = await world.send("GET", "/admin/session/list?q=pi&limit=10&offset=&key_id=2")
            #expect(
                answer.items.first == [
                    "id": 4, "key": "chat-1", "title": "ping", "key_id": 2, "key_name": "user", "total_in_tokens": 5,
                    "total_out_tokens": 6, "total_fee": Money(nanodollars: 45_000).json, "thread_count": 2,
                    "created_at": "2026-11-21T08:00:00.000Z", "updated_at": "2026-11-21T08:00:00.000Z",
                ])
        }
    }

    static func thread(toolCalls: String) -> ThreadRecord {
        var call = CallRecord(
            model: "m", provider: "secretive", prices: PriceList(input: Money(nanodollars: 1), output: .zero))
        call.toolCalls = toolCalls
        call.wholePrompt = "must not be listed"
        call.usage = TokenUsage(input: 7, output: 3, cacheRead: 100, cacheWrite: 10, cacheWriteOneHour: 20)
        call.fee = Money(nanodollars: 45_000)
        call.status = .truncated
        return ThreadRecord(
            id: ThreadID(rawValue: 1), requestID: "r", sessionID: nil, keyID: World.user, keyName: "user", call: call,
            feeBalance: Money(nanodollars: 1000), createdAt: Timestamp(milliseconds: 0))
    }
}

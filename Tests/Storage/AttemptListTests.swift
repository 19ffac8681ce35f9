import Core
import TestSupport
import Testing

@testable import Storage

@Suite("Attempts in a thread's row", .timeLimit(.minutes(1)))
struct AttemptListTests {
    private let fixture = Fixture()

    @Test("are read as they were written; what is no list of attempts is none")
    func texts() {
        let attempts = [
            AttemptRecord(model: "m \"x\"", provider: "p", region: "r", status: 503, code: "overloaded", latency: 1),
            AttemptRecord(model: "n", provider: "q", status: 200, latency: 0),
            AttemptRecord(model: "n", provider: "p", status: 200, code: "cancelled", latency: 7),
        ]
        var call = CallRecord(model: "n", provider: "q", prices: PriceList(input: .zero, output: .zero))
        #expect(AttemptList.text(of: call).isEmpty)
        call.attempts = [attempts[1]]
        #expect(AttemptList.text(of: call) == #"[{"latency":0}]"#)
        call.attempts = attempts
        #expect(AttemptList.read(AttemptList.text(of: call), of: call) == attempts)
        for text in ["", "{", "{}", "[1, {}, {\"model\": \"m\"}]", "null"] {
            #expect(AttemptList.read(text, of: call).isEmpty)
        }
        // As earlier versions wrote them, in full.
        let full = #"[{"model":"n","provider":"q","region":null,"status":200,"code":null,"latency":0}]"#
        #expect(AttemptList.read(full, of: call) == [attempts[1]])
    }

    @Test("are a column that version 5 adds; calls of earlier versions have none, and keep all else")
    func migration() async throws {
        let connection = try Connection(path: fixture.database, for: .maintenance)
        try connection.transaction(.write) { () throws(Failure) in
            for step in Schema.steps[..<4] { try connection.execute(script: step) }
            try connection.execute(script: "INSERT INTO schema_version (version) VALUES (4)")
            try connection.execute(
                script: """
                    INSERT INTO threads (request_id, key_id, key_name, month, model, provider, status, is_stream,
                        is_estimated, tokens_in, tokens_out, tokens_cache_read, tokens_cache_write,
                        tokens_cache_write_1h, price_in, price_out, fee, fee_balance, invocation_latency, created_at,
                        prompt, completion, reasoning, tool_calls, whole_prompt)
                    VALUES ('old', 1, 'Ada', '2026-11', 'm', 'echo', 'ok', 0, 0, 1, 2, 0, 0, 0, 3, 4, 5, 0, 6, 7, 'p',
                        'c', '', '', '[]')
                    """)
        }
        #expect(try Migrator.migrate(path: fixture.database) == Migrator.Outcome(before: 4, after: Schema.current))
        let path = fixture.database
        let key = fixture.secretKey
        let thread = try await onLoop {
            let storage = try SQLiteStorage.open(path: path, secretKeyPath: key)
            let thread = try await storage.thread(ThreadID(rawValue: 1))
            await storage.close()
            return thread
        }
        #expect(thread?.requestID == "old")
        #expect(thread?.call.wholePrompt == "[]")
        #expect(thread?.call.attempts == [])
        #expect(thread?.call.fee == Money(nanodollars: 5))
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Retention of texts", .timeLimit(.minutes(1)))
struct TextRetentionTests {
    @Test("takes the texts of old calls out of records and index, and leaves all else of them and the newer calls")
    func texts() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let session = SessionReference(key: "s", title: "Old words")
            let old = try await storage.spend(dollars("0.5"), key, fixture, request: "a", session: session) { call in
                call.prompt = "old question 数据库"
                call.completion = "shared reply"
                call.reasoning = "thought"
                call.toolCalls = "[]"
                call.wholePrompt = "[{}]"
                call.usage = TokenUsage(input: 7, output: 9)
            }
            var expected = try #require(try await storage.thread(old))
            fixture.clock.advance(seconds: 10 * 86_400)
            try await storage.spend(dollars("0.25"), key, fixture, request: "b", session: session) { call in
                call.prompt = "new question"
                call.completion = "shared reply"
            }
            fixture.clock.advance(seconds: 20 * 86_400 + 1)
            let policy = RetentionPolicy(textDays: 30)
            while try await storage.indexNextThreads() {}
            #expect(try await storage.dueForRetention(policy) == RetentionCount(texts: 1))
            #expect(try await storage.removeAged(policy) == RetentionCount(texts: 1))
            #expect(try await storage.removeAged(policy) == RetentionCount())
            #expect(try await storage.dueForRetention(policy) == RetentionCount())

            expected.call.prompt = ""
            expected.call.completion = ""
            expected.call.reasoning = ""
            expected.call.toolCalls = ""
            expected.call.wholePrompt = ""
            #expect(try await storage.thread(old) == expected)
            for (query, total) in [("old", 0), ("数据", 0), ("shared", 1), ("new", 1), ("question", 1)] {
                #expect(try await storage.found(query) == total, "\(query)")
            }
            #expect(try fixture.indexedTexts() == ["new", "question", "shared", "reply"])
            let sessions = try await storage.sessions(SessionFilter(), page: PageRequest()).items
            #expect(sessions.map(\.title) == [""])
            #expect(sessions.map(\.totalFee) == [dollars("0.75")] && sessions.map(\.threadCount) == [2])
            #expect(try LedgerVerification.run(database: fixture.database).differences == [])
        }
    }

    @Test("keeps a session's title while the texts of its first call are kept")
    func title() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "a") { $0.prompt = "x" }
            fixture.clock.advance(seconds: 10 * 86_400)
            let session = SessionReference(key: "s", title: "Kept")
            try await storage.spend(.zero, key, fixture, request: "b", session: session) { $0.prompt = "y" }
            #expect(try await storage.removeAged(RetentionPolicy(textDays: 5)) == RetentionCount(texts: 1))
            #expect(try await storage.sessions(SessionFilter(), page: PageRequest()).items.map(\.title) == ["Kept"])
        }
    }

    @Test("passes each call once, also where many ended in the same millisecond, and goes on after a restart")
    func sameTime() async throws {
        let fixture = Fixture()
        let policy = RetentionPolicy(textDays: 1)
        try await onLoop {
            let storage = try fixture.open()
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "r") { $0.prompt = "word" }
            try fixture.multiplyThreads(by: 6 * Retention.batchRows)
            while try await storage.indexNextThreads() {}
            fixture.clock.advance(seconds: 2 * 86_400)
            #expect(
                try await storage.removeNextAged(policy) == .removed(RetentionCount(texts: Retention.batchRows)),
                "one batch at a time")
            #expect(try await storage.found("word") == 5 * Retention.batchRows + 1)
            await storage.close()
            let again = try fixture.open()
            #expect(try await again.dueForRetention(policy).texts == 5 * Retention.batchRows + 1)
            #expect(try await again.removeAged(policy).texts == 5 * Retention.batchRows + 1)
            #expect(try await again.removeNextAged(policy) == .done)
            await again.close()
        }
        #expect(try fixture.inspect("SELECT COUNT(*) FROM threads WHERE prompt <> ''") { $0.int() } == [0])
        #expect(try fixture.indexedTexts() == [])
    }

    @Test("waits for the index, whose entries it has to know")
    func notIndexed() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let policy = RetentionPolicy(textDays: 1)
            try await storage.spend(.zero, key, fixture, request: "a") { $0.prompt = "first" }
            while try await storage.indexNextThreads() {}
            try await storage.spend(.zero, key, fixture, request: "b") { $0.prompt = "second" }
            fixture.clock.advance(seconds: 2 * 86_400)
            #expect(try await storage.removeNextAged(policy) == .removed(RetentionCount(texts: 1)))
            #expect(try await storage.removeNextAged(policy) == .done)
            #expect(try await storage.found("second") == 1)
            try fixture.change("UPDATE thread_search_state SET format = 999")
            #expect(try await storage.removeNextAged(policy) == .done)
            #expect(try await storage.removeAged(policy) == RetentionCount(texts: 1))
            #expect(try await storage.found("second") == 0)
        }
    }

    @Test("of long texts takes out exactly what the index holds of them")
    func longTexts() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let filler = String(repeating: "填充é ", count: SearchDocument.longestText / 8)
            for index in 0..<20 {
                try await storage.spend(.zero, key, fixture, request: "r\(index)") { call in
                    call.prompt = "early\(index) \0 \(filler) late"
                    call.completion = filler + "\u{E000}"
                }
            }
            fixture.clock.advance(seconds: 2 * 86_400)
            #expect(try await storage.removeAged(RetentionPolicy(textDays: 1)) == RetentionCount(texts: 20))
            #expect(try fixture.indexedTexts() == [])
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("The work of retention", .timeLimit(.minutes(1)))
struct RetentionWorkTests {
    private let policy = RetentionPolicy(textDays: 10, recordDays: 30)

    @Test("is done once, however many processes do it at the same time")
    func together() async throws {
        let fixture = Fixture()
        try await onLoop {
            let storages = [try fixture.open(), try fixture.open(), try fixture.open()]
            _ = try await fixture.live(storages[0])
            while try await storages[0].indexNextThreads() {}
            let policy = policy
            let counts = try await concurrently(3) { index in
                var sum = RetentionCount()
                while true {
                    switch try await storages[index].removeNextAged(policy) {
                    case .done: return sum
                    case .overtaken: continue
                    case .removed(let count):
                        sum.records += count.records
                        sum.texts += count.texts
                    }
                }
            }
            #expect(counts.reduce(0) { $0 + $1.records } == 122)
            #expect(counts.reduce(0) { $0 + $1.texts } == 41)
            for storage in storages { await storage.close() }
        }
        #expect(try LedgerVerification.run(database: fixture.database).differences == [])
        #expect(try fixture.indexedTexts() == Set((163..<173).flatMap { ["word\($0)", "answer\($0)"] }))
    }

    @Test("leaves a batch alone that another process has done since it was read")
    func overtaken() async throws {
        try await withStorage { storage, fixture in
            _ = try await fixture.live(storage)
            while try await storage.indexNextThreads() {}
            let now = fixture.clock.now
            for policy in [RetentionPolicy(textDays: 10), RetentionPolicy(recordDays: 30)] {
                let batch = try #require(
                    try await storage.scan { connection throws(Failure) in
                        try Retention.nextBatch(policy, at: now, on: connection)
                    })
                guard case .removed = try await storage.removeNextAged(policy) else {
                    Issue.record("nothing was removed")
                    return
                }
                let before = try fixture.inspect("SELECT * FROM usage_carried") { [$0.text(), $0.text(), $0.text()] }
                let isWritten = try await storage.write(changesCatalog: false) { connection throws(Failure) in
                    try Retention.write(batch, on: connection)
                }
                #expect(!isWritten)
                #expect(
                    try fixture.inspect("SELECT * FROM usage_carried") { [$0.text(), $0.text(), $0.text()] } == before)
            }
            #expect(try LedgerVerification.run(database: fixture.database).differences == [])
        }
    }

    @Test("is the upkeep's, by the policy that holds, until it is cancelled")
    func upkeep() async throws {
        try await withStorage { storage, fixture in
            _ = try await fixture.live(storage)
            let upkeep = Upkeep(storage)
            let task = LoopActor.start { await upkeep.run() }
            func rows() throws -> Int { try fixture.inspect("SELECT COUNT(*) FROM threads") { $0.int() }[0] }
            func texts() throws -> Int {
                try fixture.inspect("SELECT COUNT(*) FROM threads WHERE prompt <> ''") { $0.int() }[0]
            }
            while try storage.lookup({ connection throws(Failure) in try SearchIndex.isBehind(on: connection) }) {
                try await EventLoop.shared.sleep(for: .milliseconds(5))
            }
            #expect(try rows() == 173 && texts() == 173, "nothing is set")
            upkeep.retention = policy
            while try rows() > 51 || texts() > 10 { try await EventLoop.shared.sleep(for: .milliseconds(5)) }
            task.cancel()
            await task.value
            fixture.clock.set("2027-03-01T08:00:00Z")
            #expect(try rows() == 51, "cancelled")
            var told: [RetentionCount] = []
            try await Upkeep(storage, retention: policy).removeAged { told.append($0) }
            #expect(told.last == RetentionCount(records: 50, texts: 1))
            #expect(try LedgerVerification.run(database: fixture.database).differences == [])
        }
    }

    @Test("leaves pages that are free and used again, so that the file does not grow")
    func freePages() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let policy = RetentionPolicy(recordDays: 1)
            var sizes: [DatabaseSize] = []
            fixture.clock.set("2026-01-01T08:00:00Z")
            for round in 0..<6 {
                for index in 0..<40 {
                    try await storage.spend(.zero, key, fixture, request: "\(round)-\(index)") { call in
                        call.wholePrompt = String(repeating: "x", count: 20_000)
                    }
                }
                fixture.clock.advance(seconds: 70 * 86_400)
                let full = try storage.size()
                #expect(full.total >= 40 * 20_000 && full.free < 400_000 && full.log > 0)
                try await storage.removeAged(policy)
                sizes.append(try storage.size())
            }
            #expect(sizes.allSatisfy { $0.free > 39 * 20_000 }, "\(sizes)")
            #expect(sizes[5].total < sizes[0].total + 200_000, "\(sizes)")
        }
    }

    @Test("rewrites the index when a quarter of it is gone, so that removed words are no longer in the file")
    func merge() async throws {
        try await withStorage { storage, fixture in
            // A word that begins like no other is stored whole.
            fixture.clock.set("2026-06-01T07:00:00Z")
            let zed = try await storage.create(.sample("Zed", seed: 9), by: fixture.operatorOfTests)
            try await storage.spend(.zero, zed, fixture, request: "z") { $0.prompt = "zebra" }
            _ = try await fixture.live(storage)
            while try await storage.indexNextThreads() {}
            func indexHas(_ word: String) throws -> Bool {
                let blocks = try fixture.inspect("SELECT block FROM thread_search_data") { $0.blob() }
                return blocks.contains { String(decoding: $0, as: UTF8.self).contains(word) }
            }
            #expect(try await !storage.mergeIndex(), "nothing was removed")
            #expect(try await storage.removeAged(RetentionPolicy(textDays: 172)).texts == 2)
            #expect(try await !storage.mergeIndex(), "too little")
            #expect(try await storage.found("zebra") == 0)
            #expect(try indexHas("zebra"))
            try await storage.removeAged(RetentionPolicy(textDays: 60))
            var steps = 0
            while try await storage.mergeIndex() {
                steps += 1
                // Calls go on meanwhile.
                if steps > 5 { continue }
                try await storage.spend(.zero, zed, fixture, request: "m\(steps)") { $0.prompt = "late\(steps)" }
                while try await storage.indexNextThreads() {}
            }
            #expect((2..<100).contains(steps))
            #expect(try !indexHas("zebra"))
            #expect(try await storage.found("zebra") == 0)
            #expect(try await storage.found("word172") == 1)
            #expect(try await storage.found("late1") == 1)
            #expect(try await storage.found("word10") == 0)
        }
    }

    @Test("survives a backup and its restore")
    func backup() async throws {
        let target = Fixture()
        try await withStorage { storage, fixture in
            _ = try await fixture.live(storage)
            try await storage.removeAged(policy)
            let file = fixture.folder.file("b")
            _ = try Backup.make(of: fixture.database, to: file, replacing: false, secretKey: nil)
            _ = try restore(file, target)
        }
        let found = try LedgerVerification.run(database: target.database)
        #expect(found.differences == [] && found.threads == 51)
        try await onLoop {
            let storage = try target.open()
            target.clock.set("2027-01-21T08:00:00Z")
            #expect(try await storage.removeAged(policy) == RetentionCount(records: 50, texts: 1))
            await storage.close()
        }
        #expect(try LedgerVerification.run(database: target.database).differences == [])
    }

    @Test("begins in a database of the schema before it, with the calls that stand there")
    func migration() async throws {
        let fixture = Fixture()
        try fixture.change("PRAGMA journal_mode = WAL")
        try fixture.change(
            [Schema.version1, Schema.version2, Schema.version3].joined(separator: "\n") + """
                INSERT INTO schema_version VALUES (3);
                INSERT INTO api_keys (id, hash, masked_key, name, email, role, month_quota, balance, total_fee, rpm, tpm,
                    max_parallel, is_strict, is_disabled, records_text, created_at, updated_at)
                    VALUES (7, x'01', 'br-', 'Ada', '', 'user', NULL, 0, 60, 0, 0, 0, 0, 0, 1, 0, 0);
                INSERT INTO key_months VALUES (7, '2026-05', 60);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)
                INSERT INTO threads (request_id, key_id, key_name, month, model, provider, status, is_stream, is_estimated,
                    tokens_in, tokens_out, tokens_cache_read, tokens_cache_write, tokens_cache_write_1h, price_in,
                    price_out, fee, fee_balance, invocation_latency, created_at, prompt, completion, reasoning, tool_calls,
                    whole_prompt)
                    SELECT 'r' || i, 7, 'Ada', '2026-05', 'm', 'echo', 'ok', 0, 0, 1, 1, 0, 0, 0, 0, 0, 20, 0, 1,
                        1778000000000 + i, 'word' || i, '', '', '', '' FROM n;
                """)
        #expect(try Migrator.migrate(path: fixture.database) == .init(before: 3, after: Schema.current))
        #expect(try LedgerVerification.run(database: fixture.database).differences == [])
        try await onLoop {
            let storage = try fixture.open()
            #expect(try await storage.removeAged(policy) == RetentionCount(records: 2, texts: 1))
            #expect(try await storage.totals().usage.calls == 3)
            await storage.close()
        }
        #expect(try LedgerVerification.run(database: fixture.database).differences == [])
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("The index of threads", .timeLimit(.minutes(1)))
struct SearchIndexTests {
    @Test("takes the rows of an older database from the newest to the oldest, and goes on after a restart")
    func backfill() async throws {
        let fixture = Fixture()
        try await onLoop {
            let storage = try fixture.open()
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "r") { $0.prompt = "word" }
            await storage.close()
        }
        try fixture.multiplyThreads(by: 1000)
        // As the migration leaves it.
        try fixture.change("UPDATE thread_search_state SET newest = 1001, oldest = 1002")
        try await onLoop {
            func total(_ storage: SQLiteStorage) async throws -> Int {
                try await storage.threads(ThreadFilter(text: "word"), page: PageRequest()).total
            }
            let storage = try fixture.open()
            #expect(try await total(storage) == 0)
            #expect(try await storage.indexNextThreads())
            let first = try await total(storage)
            #expect(first > 0 && first < 1001)
            #expect(
                try await storage.threads(ThreadFilter(text: "word"), page: PageRequest(limit: 1)).items[0].id.rawValue
                    == 1001)
            await storage.close()
            let again = try fixture.open()
            #expect(try await total(again) == first)
            while try await again.indexNextThreads() {}
            #expect(try await total(again) == 1001)
            #expect(try await !again.indexNextThreads())
            await again.close()
        }
        #expect(
            try fixture.inspect("SELECT newest, oldest FROM thread_search_state") { [$0.int(), $0.int()] } == [
                [1001, 1]
            ])
    }

    @Test("holds each row once, whoever else indexes at the same time")
    func together() async throws {
        let fixture = Fixture()
        try await onLoop {
            let storages = [try fixture.open(), try fixture.open(), try fixture.open()]
            let key = try await storages[0].create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            try await storages[0].spend(.zero, key, fixture, request: "r") { $0.prompt = "word" }
            try fixture.multiplyThreads(by: 2000)
            _ = try await concurrently(3) { index in
                while try await storages[index].indexNextThreads() {}
            }
            let page = try await storages[0].threads(ThreadFilter(text: "word"), page: PageRequest())
            #expect(page.total == 2001)
            for storage in storages { await storage.close() }
        }
        let rows = try fixture.inspect("SELECT rowid FROM thread_search WHERE thread_search MATCH 'word'") { $0.int() }
        #expect(rows.count == 2001 && Set(rows).count == 2001)
    }

    @Test("is made anew for a program that indexes otherwise")
    func otherFormat() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "r") { $0.prompt = "word" }
            while try await storage.indexNextThreads() {}
            try fixture.change("UPDATE thread_search_state SET format = 999")
            while try await storage.indexNextThreads() {}
            #expect(try await storage.threads(ThreadFilter(text: "word"), page: PageRequest()).total == 1)
            #expect(
                try fixture.inspect("SELECT format, newest, oldest FROM thread_search_state") {
                    [$0.int(), $0.int(), $0.int()]
                } == [[SearchDocument.format, 1, 1]])
        }
    }

    @Test("holds the first part of long texts, and no copy of any")
    func longTexts() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            let filler = String(repeating: "填充", count: SearchDocument.longestText / 6)
            try await storage.spend(.zero, key, fixture, request: "r") { call in
                call.prompt = "early " + filler + " late"
                call.completion = "answer"
            }
            while try await storage.indexNextThreads() {}
            for (query, total) in [("early", 1), ("answer", 1), ("充填", 1), ("late", 0), ("late answer", 0)] {
                #expect(try await storage.threads(ThreadFilter(text: query), page: PageRequest()).total == total)
            }
            let copies = "SELECT name FROM sqlite_schema WHERE name LIKE 'thread_search%content'"
            #expect(try fixture.inspect(copies) { $0.text() } == [])
        }
    }

    @Test("is kept by one process at a time, and by the next one when that ends")
    func upkeepLock() {
        let fixture = Fixture()
        let first = UpkeepLock(database: fixture.database)
        let second = UpkeepLock(database: fixture.database)
        #expect(first.isHeld() && !second.isHeld())
        #expect(first.isHeld(), "and stays so")
        first.release()
        #expect(second.isHeld() && !first.isHeld())
    }

    @Test("is brought up to date by the upkeep, and left alone once that is cancelled")
    func upkeep() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "r") { $0.prompt = "word" }
            try fixture.multiplyThreads(by: 600)
            let upkeep = Upkeep(storage)
            let task = LoopActor.start { await upkeep.run() }
            while try storage.lookup({ connection throws(Failure) in try SearchIndex.isBehind(on: connection) }) {
                try await EventLoop.shared.sleep(for: .milliseconds(5))
            }
            task.cancel()
            await task.value
            try await storage.spend(.zero, key, fixture, request: "after") { $0.prompt = "word" }
            #expect(try storage.lookup { connection throws(Failure) in try SearchIndex.isBehind(on: connection) })
            #expect(UpkeepLock(database: fixture.database).isHeld(), "another process may have it")
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Retention of records", .timeLimit(.minutes(1)))
struct RecordRetentionTests {
    private let policy = RetentionPolicy(recordDays: 30)

    /// What must not change when records go.
    private struct Sums: Equatable {
        var keys: [KeyRecord] = []
        var months: [[String]] = []
        var usage: [[UsageRecord]] = []
        var totals = SiteTotals()

        @LoopActor
        init(_ storage: SQLiteStorage, _ fixture: Fixture) async throws {
            keys = try await storage.keys(KeyFilter(), page: PageRequest(), month: fixture.month).items
            months = try fixture.inspect("SELECT key_id, month, fee FROM key_months") {
                [$0.text(), $0.text(), $0.text()]
            }
            let page = PageRequest(limit: 1000)
            for grouping in UsageGrouping.allCases {
                for filter in [
                    UsageFilter(), UsageFilter(keyID: keys[0].id), UsageFilter(model: "odd"),
                    UsageFilter(
                        from: Timestamp(iso8601: "2026-08-01"), to: Timestamp(iso8601: "2026-11-03")),
                ] {
                    usage.append(try await storage.usage(grouping, filter, page: page).items)
                }
            }
            totals = try await storage.totals()
            totals.sessions = 0
        }
    }

    @Test("leaves every sum as it was, and the records of the month and of the one before")
    func sums() async throws {
        try await withStorage { storage, fixture in
            _ = try await fixture.live(storage)
            let before = try await Sums(storage, fixture)
            #expect(before.totals.usage.calls == 173 && before.usage[0].count == 173)
            while try await storage.indexNextThreads() {}
            // June to September.
            #expect(try await storage.dueForRetention(policy) == RetentionCount(records: 122))
            #expect(try await storage.removeAged(policy) == RetentionCount(records: 122))
            #expect(try await Sums(storage, fixture) == before)
            let verification = try LedgerVerification.run(database: fixture.database)
            #expect(verification.differences == [])
            #expect(verification.threads == 51)

            let left = try await storage.threads(ThreadFilter(), page: PageRequest(limit: 1000)).items
            #expect(left.map(\.call.prompt) == (122..<173).reversed().map { "word\($0)" })
            #expect(try await storage.found("word121") == 0)
            #expect(try await storage.found("word122") == 1)
            #expect(try fixture.indexedTexts() == Set((122..<173).flatMap { ["word\($0)", "answer\($0)"] }))
            #expect(try await storage.removeAged(policy) == RetentionCount())
            #expect(try fixture.inspect("PRAGMA integrity_check") { $0.text() } == ["ok"])
            #expect(try fixture.inspect("PRAGMA foreign_key_check") { $0.text() } == [])
        }
    }

    @Test("goes on month after month, with calls in between")
    func monthAfterMonth() async throws {
        try await withStorage { storage, fixture in
            let keys = try await fixture.live(storage)
            var removed = 0
            for (time, total) in [("2026-12-01T00:00:00Z", 153), ("2027-01-01T00:00:00Z", 173)] {
                fixture.clock.set(time)
                try await storage.spend(dollars("0.001"), keys[0], fixture, request: time)
                let before = try await Sums(storage, fixture)
                removed += try await storage.removeAged(policy).records
                #expect(removed == total, "\(time)")
                #expect(try await Sums(storage, fixture) == before)
                #expect(try LedgerVerification.run(database: fixture.database).differences == [])
            }
            let months = try fixture.inspect("SELECT DISTINCT month FROM ledger_carried ORDER BY month") { $0.text() }
            #expect(months == ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"])
        }
    }

    @Test("does not hide what differs")
    func differences() async throws {
        try await withStorage { storage, fixture in
            let keys = try await fixture.live(storage)
            try await storage.removeAged(policy)
            try fixture.change(
                "UPDATE ledger_carried SET fee = fee + 1 WHERE key_id = \(keys[0].id) AND month = '2026-07'")
            let found = try LedgerVerification.run(database: fixture.database).differences
            #expect(found.map(\.number) == [.monthFee(BillingMonth(text: "2026-07")), .totalFee])
        }
    }

    @Test("removes sessions that have no records left; a session that goes on keeps its sums and loses its title")
    func sessions() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            func call(_ session: String, _ request: String) async throws {
                try await storage.spend(
                    dollars("0.1"), key, fixture, request: request,
                    session: SessionReference(key: session, title: "Title of \(session)"))
            }
            fixture.clock.set("2026-06-01T08:00:00Z")
            try await call("ends", "1")
            try await call("ends", "2")
            try await call("goes on", "3")
            fixture.clock.set("2026-11-21T08:00:00Z")
            try await call("goes on", "4")
            try await call("begins", "5")
            #expect(try await storage.removeAged(policy).records == 3)
            let left = try await storage.sessions(SessionFilter(), page: PageRequest()).items
            #expect(left.map(\.key) == ["begins", "goes on"])
            #expect(left.map(\.title) == ["Title of begins", ""])
            #expect(left.map(\.threadCount) == [1, 2] && left.map(\.totalFee) == [dollars("0.1"), dollars("0.2")])
            // The name can be taken again.
            try await call("ends", "6")
            #expect(try await storage.sessions(SessionFilter(), page: PageRequest()).total == 3)
        }
    }

    @Test("leaves the newest record and session, so that numbers go on")
    func newest() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            fixture.clock.set("2026-01-01T08:00:00Z")
            for request in 1...3 {
                try await storage.spend(
                    .zero, key, fixture, request: "\(request)",
                    session: SessionReference(key: "s\(request)", title: "t"))
            }
            fixture.clock.set("2026-11-21T08:00:00Z")
            let policy = RetentionPolicy(textDays: 30, recordDays: 30)
            #expect(try await storage.removeAged(policy).records == 2)
            #expect(try fixture.inspect("SELECT id FROM threads") { $0.int() } == [3])
            #expect(try fixture.inspect("SELECT id FROM sessions") { $0.int() } == [3])
            #expect(try await storage.dueForRetention(policy) == RetentionCount())
            let next = try await storage.spend(.zero, key, fixture, request: "4")
            #expect(next.rawValue == 4)
        }
    }

    @Test("with that of texts removes both, records first")
    func both() async throws {
        try await withStorage { storage, fixture in
            _ = try await fixture.live(storage)
            let policy = RetentionPolicy(textDays: 10, recordDays: 30)
            while try await storage.indexNextThreads() {}
            #expect(try await storage.dueForRetention(policy) == RetentionCount(records: 122, texts: 41))
            #expect(try await storage.removeAged(policy) == RetentionCount(records: 122, texts: 41))
            #expect(try fixture.indexedTexts() == Set((163..<173).flatMap { ["word\($0)", "answer\($0)"] }))
            #expect(try LedgerVerification.run(database: fixture.database).differences == [])
            // Records without texts go as well when their time comes.
            fixture.clock.set("2027-01-21T08:00:00Z")
            #expect(try await storage.removeAged(policy) == RetentionCount(records: 50, texts: 1))
            #expect(try fixture.indexedTexts() == [])
            #expect(try LedgerVerification.run(database: fixture.database).differences == [])
        }
    }

    @Test("saturates where fees do, as the sums of keys")
    func saturation() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(quota: nil), by: fixture.operatorOfTests)
            fixture.clock.set("2026-06-01T08:00:00Z")
            for index in 0..<3 {
                try await storage.spend(Money(nanodollars: .max - 1), key, fixture, request: "r\(index)")
            }
            fixture.clock.set("2026-11-21T08:00:00Z")
            try await storage.spend(.zero, key, fixture, request: "new")
            #expect(try await storage.removeAged(policy).records == 3)
            #expect(try LedgerVerification.run(database: fixture.database).differences == [])
            #expect(try await storage.usage(.day, UsageFilter(), page: PageRequest()).total == 2)
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Settlement", .timeLimit(.minutes(1)))
struct SettlementTests {
    @Test("agrees with the sum of its rows to the nano-dollar, for random fees", arguments: [1, 7, 4711] as [UInt64])
    func sums(seed: UInt64) async throws {
        try await withStorage { storage, fixture in
            var generator = SeededGenerator(seed: seed)
            let quota = Money(nanodollars: 40_000_000_007)
            let start = dollars("3")
            let key = try await storage.create(
                .sample(quota: quota, balance: start), by: fixture.operatorOfTests)
            var total = Money.zero
            var fromBalance = Money.zero
            for index in 0..<200 {
                let fee = Money(nanodollars: Int64.random(in: 0...500_000_000, using: &generator))
                let unspent = max(quota - total, .zero)
                fromBalance = fromBalance + max(fee - unspent, .zero)
                total = total + fee
                try await storage.spend(fee, key, fixture, request: "r\(index)")
            }
            let now = try #require(try storage.key(key.id, fixture))
            #expect(now.monthFee == total)
            #expect(now.totalFee == total)
            #expect(now.balance == start - fromBalance)
            #expect(fromBalance > .zero, "the fees must pass the quota, or nothing is shown")

            let sums = try fixture.inspect("SELECT SUM(fee), SUM(fee_balance) FROM threads") {
                [$0.money(), $0.money()]
            }
            #expect(sums == [[total, fromBalance]])
            let paid = try fixture.inspect("SELECT SUM(amount) FROM payments") { $0.money() }
            #expect(paid == [start])
        }
    }

    @Test("agrees also when two writers settle calls of one key at once")
    func twoWriters() async throws {
        try await withStorage { storage, fixture in
            let other = try fixture.open()
            let key = try await storage.create(
                .sample(quota: dollars("1"), balance: dollars("5")), by: fixture.operatorOfTests)
            _ = try await concurrently(200) { index in
                let chosen = index.isMultiple(of: 2) ? storage : other
                let fee = Money(nanodollars: Int64(index) * 100_003)
                let reference = SessionReference(key: "s", title: "Title")
                try await chosen.spend(fee, key, fixture, request: "r\(index)", session: reference)
            }
            await other.close()
            let total = Money(nanodollars: 199 * 100 * 100_003)
            let now = try #require(try storage.key(key.id, fixture))
            #expect(now.monthFee == total)
            #expect(now.balance == dollars("5") - max(total - dollars("1"), .zero))
            let sessions = try await storage.sessions(SessionFilter(), page: PageRequest())
            #expect(sessions.items.map(\.threadCount) == [200])
            #expect(sessions.items.map(\.totalFee) == [total])
        }
    }

    @Test("bills a call once, when its caller says that it repeats itself")
    func idempotent() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let call = CallRecord(model: "m", provider: "echo", prices: PriceList(input: .zero, output: .zero))
            var settlement = Settlement(
                hold: nil, keyID: key.id, keyName: key.name, month: fixture.month, requestID: "r",
                session: SessionReference(key: "s", title: "Title"), call: call)
            settlement.call.fee = dollars("2")
            let first = try await storage.settle(settlement)
            settlement.isRepeated = true
            #expect(try await storage.settle(settlement) == first)
            #expect(try storage.key(key.id, fixture)?.monthFee == dollars("2"))
            #expect(try await storage.sessions(SessionFilter(), page: PageRequest()).items.map(\.threadCount) == [1])
            settlement.requestID = "another"
            #expect(try await storage.settle(settlement) != first)
        }
    }

    @Test("gives the hold back, but not when it fails")
    func hold() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let hold = try #require(try storage.hold(key.id, dollars("1"), fixture).hold)
            try await storage.spend(dollars("2"), key, fixture, hold: hold, request: "r")
            #expect(storage.holds.live(of: key.id).count == 0)

            let other = try #require(try storage.hold(key.id, dollars("1"), fixture).hold)
            try fixture.change("ALTER TABLE threads RENAME TO elsewhere")
            await #expect(throws: StorageError.self) {
                try await storage.spend(dollars("2"), key, fixture, hold: other, request: "s")
            }
            #expect(storage.holds.live(of: key.id).count == 1)
        }
    }

    @Test("charges the month in which the call was admitted")
    func monthTurns() async throws {
        try await withStorage { storage, fixture in
            fixture.clock.set("2026-11-30T23:59:59Z")
            let november = fixture.month
            let key = try await storage.create(
                .sample(quota: dollars("1"), balance: dollars("1")), by: fixture.operatorOfTests)
            let hold = try #require(try storage.hold(key.id, dollars("1"), fixture).hold)
            fixture.clock.set("2026-12-01T00:00:05Z")
            try await storage.spend(dollars("1.25"), key, fixture, hold: hold, request: "r", month: november)

            let before = try #require(try storage.key(.id(key.id), month: november))
            let after = try #require(try storage.key(.id(key.id), month: fixture.month))
            #expect(before.monthFee == dollars("1.25"))
            #expect(after.monthFee == .zero)
            #expect(after.balance == dollars("0.75"))
            #expect(try fixture.inspect("SELECT month FROM threads") { $0.text() } == ["2026-11"])
        }
    }

    @Test("never draws the balance of a key without a limit")
    func unlimited() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(
                .sample(quota: nil, balance: dollars("1")), by: fixture.operatorOfTests)
            try await storage.spend(dollars("99"), key, fixture, request: "r")
            let now = try #require(try storage.key(key.id, fixture))
            #expect(now.balance == dollars("1"))
            #expect(now.monthFee == dollars("99"))
        }
    }

    @Test("records the call of a key that was deleted meanwhile")
    func deletedKey() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Grace"), by: fixture.operatorOfTests)
            let hold = try #require(try storage.hold(key.id, dollars("1"), fixture).hold)
            try await storage.delete(key.id, by: fixture.operatorOfTests)
            let reference = SessionReference(key: "s", title: "Title")
            try await storage.spend(dollars("2"), key, fixture, hold: hold, request: "r", session: reference)
            let threads = try await storage.threads(ThreadFilter(), page: PageRequest())
            #expect(threads.items.map(\.keyName) == ["Grace"])
            #expect(threads.items.map(\.call.fee) == [dollars("2")])
        }
    }

    @Test("notes the time of last use, and leaves the time of the last change")
    func lastUse() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            fixture.clock.advance(seconds: 60)
            try await storage.spend(.zero, key, fixture, request: "r")
            let now = try #require(try storage.key(key.id, fixture))
            #expect(now.lastUsedAt == fixture.clock.now)
            #expect(now.updatedAt == key.updatedAt)
        }
    }

    @Test("saturates instead of failing when totals pass 64 bits")
    func saturation() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(quota: .zero), by: fixture.operatorOfTests)
            for index in 0..<3 {
                let reference = SessionReference(key: "s", title: "Title")
                try await storage.spend(
                    Money(nanodollars: .max), key, fixture, request: "r\(index)", session: reference)
            }
            let now = try #require(try storage.key(key.id, fixture))
            #expect(now.totalFee == Money(nanodollars: .max))
            #expect(now.balance == Money(nanodollars: .min))
        }
    }

    @Test("is on disk when it answers")
    func durable() async throws {
        let fixture = Fixture()
        let key = try await onLoop {
            let storage = try fixture.open()
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            try await storage.spend(dollars("0.5"), key, fixture, request: "r")
            // Left open, as a process that is killed leaves it.
            return key
        }
        let found = try await onLoop {
            let storage = try fixture.open()
            let found = try storage.key(key.id, fixture)
            await storage.close()
            return found
        }
        #expect(found?.monthFee == dollars("0.5"))
    }
}

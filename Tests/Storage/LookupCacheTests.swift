import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("What calls look up", .timeLimit(.minutes(1)))
struct LookupCacheTests {
    private let hash = KeyHash(bytes: [UInt8](repeating: 1, count: 32))

    /// Two processes on one file that trust what they have read for an hour.
    private func withTwo(
        _ body: @escaping @Sendable @LoopActor (SQLiteStorage, SQLiteStorage, Fixture) async throws -> Void
    ) async throws {
        let fixture = Fixture()
        try await onLoop {
            let one = try fixture.open(lookupRecheck: .seconds(3600))
            let two = try fixture.open(lookupRecheck: .seconds(3600))
            try await body(one, two, fixture)
            await one.close()
            await two.close()
        }
    }

    @Test("is as every process left it, at once")
    func changes() async throws {
        try await withTwo { one, two, fixture in
            let me = fixture.operatorOfTests
            let key = try await one.create(.sample(), by: me)
            let model = try await one.create(.demo(), by: me)
            #expect(try two.caller(hash, month: fixture.month) == key)
            #expect(try two.model(named: "demo", for: key.id, group: nil)?.mayUse == false)

            var changes = KeyChanges()
            changes.isDisabled = .set(true)
            _ = try await one.update(key.id, changes, by: me)
            #expect(try two.caller(hash, month: fixture.month)?.isDisabled == true)
            _ = try await one.grant(model.id, to: .key(key.id), by: me)
            #expect(try two.model(named: "demo", for: key.id, group: nil)?.mayUse == true)
            var price = ModelChanges()
            price.priceInput = .set(dollars("7"))
            _ = try await one.update(model.id, price, by: me)
            #expect(try two.model(named: "demo", for: key.id, group: nil)?.record.prices.input == dollars("7"))
            _ = try await one.revoke(model.id, from: .key(key.id), by: me)
            #expect(try two.model(named: "demo", for: key.id, group: nil)?.mayUse == false)
            try await one.delete(key.id, by: me)
            #expect(try two.caller(hash, month: fixture.month) == nil)
            try await one.delete(model.id, by: me)
            #expect(try two.model(named: "demo", for: key.id, group: nil) == nil)
        }
    }

    @Test("is not read again while nothing changes, and calls change nothing")
    func kept() async throws {
        try await withTwo { one, two, fixture in
            let key = try await one.create(.sample(), by: fixture.operatorOfTests)
            let model = try await one.create(.demo(), by: fixture.operatorOfTests)
            _ = try two.caller(hash, month: fixture.month)
            _ = try two.model(named: "demo", for: key.id, group: nil)
            try await one.spend(dollars("1"), key, fixture, request: "r")
            // What nobody announces shows what is read from the file and what is not.
            try fixture.change("UPDATE api_keys SET name = 'Grace'; UPDATE models SET provider = 'other'")
            #expect(try two.caller(hash, month: fixture.month)?.name == "Ada")
            #expect(try two.model(named: "demo", for: key.id, group: nil)?.record == model)
            #expect(try two.key(.hash(hash), month: fixture.month)?.name == "Grace")
            #expect(try two.key(.hash(hash), month: fixture.month)?.monthFee == dollars("1"))
        }
    }

    @Test("of what a key has to spend is read once: what calls of any process are charged is taken off it")
    func account() async throws {
        try await withTwo { one, two, fixture in
            let new = NewKey.sample(quota: dollars("10"), balance: dollars("2"))
            let key = try await one.create(new, by: fixture.operatorOfTests)
            let first = try #require(try two.hold(key.id, dollars("4"), fixture).hold)
            let other = try #require(try one.hold(key.id, dollars("4"), fixture).hold)
            // What nobody announces shows what is read from the file and what is not.
            try fixture.change("UPDATE api_keys SET month_quota = 0, balance = 0")
            try await one.spend(dollars("7"), key, fixture, hold: other, request: "a")
            let second = try #require(try two.hold(key.id, dollars("1"), fixture).hold)
            // A refusal is never one of memory.
            #expect(try two.hold(key.id, dollars("0.1"), fixture) == .exhausted)
            first.release()
            second.release()
        }
    }

    @Test("of what a key has to spend is void once a call was charged that has no hold, or none any more")
    func chargedWithoutHold() async throws {
        try await withTwo { one, two, fixture in
            let key = try await one.create(.sample(quota: dollars("10")), by: fixture.operatorOfTests)
            let givenUp = try #require(try one.hold(key.id, dollars("1"), fixture).hold)
            givenUp.release()
            let kept = try #require(try two.hold(key.id, dollars("1"), fixture).hold)
            try await one.spend(dollars("4"), key, fixture, request: "a")
            #expect(try two.hold(key.id, dollars("6"), fixture) == .held)
            try await one.spend(dollars("4"), key, fixture, hold: givenUp, request: "b")
            #expect(try two.hold(key.id, dollars("2"), fixture) == .held)
            #expect(try two.hold(key.id, dollars("1"), fixture).hold != nil)
            kept.release()
        }
    }

    @Test("to authenticate a call serves its admission too")
    func accountOfCaller() async throws {
        try await withTwo { one, two, fixture in
            let key = try await one.create(.sample(quota: dollars("10")), by: fixture.operatorOfTests)
            try #require(try one.hold(key.id, dollars("1"), fixture).hold).release()
            _ = try two.caller(hash, month: fixture.month)
            try fixture.change("UPDATE api_keys SET month_quota = 0")
            #expect(try two.hold(key.id, dollars("10"), fixture).hold != nil)
        }
    }

    @Test("of what a key has to spend is void once its quota or balance was changed, or the key disabled")
    func changedAccount() async throws {
        try await withTwo { one, two, fixture in
            let me = fixture.operatorOfTests
            let key = try await one.create(.sample(quota: dollars("10")), by: me)
            let kept = try #require(try two.hold(key.id, dollars("1"), fixture).hold)
            var changes = KeyChanges()
            changes.monthQuota = .set(dollars("3"))
            _ = try await one.update(key.id, changes, by: me)
            #expect(try two.hold(key.id, dollars("2.5"), fixture) == .held)
            #expect(try two.hold(key.id, dollars("2"), fixture).hold != nil)
            changes = KeyChanges()
            changes.isDisabled = .set(true)
            _ = try await one.update(key.id, changes, by: me)
            #expect(try two.hold(key.id, dollars("1"), fixture) == .gone)
            kept.release()
        }
    }

    @Test("is read again after a change that was made past Brook, and in another month")
    func validity() async throws {
        let fixture = Fixture()
        try await onLoop {
            let storage = try fixture.open(lookupRecheck: .milliseconds(20))
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            try await storage.spend(dollars("1"), key, fixture, request: "r")
            #expect(try storage.caller(hash, month: fixture.month)?.monthFee == dollars("1"))
            let other = BillingMonth(text: "2027-01")
            #expect(try storage.caller(hash, month: other)?.monthFee == .zero)
            try fixture.change("UPDATE api_keys SET name = 'Grace'")
            try await EventLoop.shared.sleep(for: .milliseconds(25))
            #expect(try storage.caller(hash, month: other)?.name == "Grace")
            await storage.close()
        }
    }

    @Test("does not decide on money: an admission counts every call that was settled")
    func money() async throws {
        try await withTwo { one, two, fixture in
            let key = try await one.create(.sample(quota: dollars("2")), by: fixture.operatorOfTests)
            for index in 0..<2 {
                _ = try two.caller(hash, month: fixture.month)
                let hold = try #require(try two.hold(key.id, dollars("1"), fixture).hold)
                try await two.spend(dollars("1"), key, fixture, hold: hold, request: "r\(index)")
            }
            _ = try one.caller(hash, month: fixture.month)
            _ = try two.caller(hash, month: fixture.month)
            #expect(try two.hold(key.id, dollars("1"), fixture) == .exhausted)
            #expect(try one.hold(key.id, dollars("1"), fixture) == .exhausted)
        }
    }
}

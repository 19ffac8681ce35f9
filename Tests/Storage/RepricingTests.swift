import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("A hold that changes as its call goes on to another model", .timeLimit(.minutes(1)))
struct RepricingTests {
    @LoopActor
    private static func reprice(
        _ hold: Hold, _ key: KeyRecord, _ amount: String, _ storage: SQLiteStorage, _ fixture: Fixture
    ) throws -> Admission {
        try storage.reprice(hold, to: HoldRequest(keyID: key.id, amount: dollars(amount), month: fixture.month))
    }

    @Test("takes more beside the key's other holds, gives back what is less, and is given back whole")
    func amounts() async throws {
        try await withStorage { storage, fixture in
            var new = NewKey.sample(quota: dollars("10"))
            new.isStrict = true
            let key = try await storage.create(new, by: fixture.operatorOfTests)
            let first = try #require(try storage.hold(key.id, dollars("2"), fixture).hold)
            let second = try #require(try storage.hold(key.id, dollars("3"), fixture).hold)
            #expect(try Self.reprice(first, key, "7", storage, fixture) == .admitted(first))
            #expect(storage.holds.live(of: key.id) == (dollars("10"), 2))
            #expect(try Self.reprice(second, key, "4", storage, fixture) == .held)
            #expect(storage.holds.live(of: key.id) == (dollars("10"), 2))
            #expect(try Self.reprice(first, key, "1", storage, fixture) == .admitted(first))
            #expect(try Self.reprice(second, key, "9", storage, fixture) == .admitted(second))
            #expect(storage.holds.live(of: key.id) == (dollars("10"), 2))
            // More than the whole quota is never let through for a strict key.
            #expect(try Self.reprice(first, key, "10.5", storage, fixture) == .exhausted)
            first.release()
            #expect(storage.holds.live(of: key.id) == (dollars("9"), 1))
            second.release()
            #expect(storage.holds.live(of: key.id) == (.zero, 0))
        }
    }

    @Test("passes what is left only for a key that is not strict, and when no other call is under way")
    func overshoot() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(quota: dollars("1")), by: fixture.operatorOfTests)
            let only = try #require(try storage.hold(key.id, dollars("0.5"), fixture).hold)
            #expect(try Self.reprice(only, key, "5", storage, fixture) == .admitted(only))
            #expect(try Self.reprice(only, key, "0.1", storage, fixture) == .admitted(only))
            let other = try #require(try storage.hold(key.id, dollars("0.1"), fixture).hold)
            #expect(try Self.reprice(only, key, "5", storage, fixture) == .held)
            other.release()
        }
    }

    @Test("sees what calls that ended meanwhile have cost")
    func settledMeanwhile() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(quota: dollars("10")), by: fixture.operatorOfTests)
            let first = try #require(try storage.hold(key.id, dollars("1"), fixture).hold)
            let second = try #require(try storage.hold(key.id, dollars("1"), fixture).hold)
            try await storage.spend(dollars("10"), key, fixture, hold: second, request: "r")
            #expect(try Self.reprice(first, key, "2", storage, fixture) == .exhausted)
            #expect(try Self.reprice(first, key, "0.5", storage, fixture) == .admitted(first))
            #expect(storage.holds.live(of: key.id) == (dollars("0.5"), 1))
        }
    }

    @Test("counts as one request to the key's limits, and gives their tokens back as they were taken")
    func limits() async throws {
        try await withStorage { storage, fixture in
            var new = NewKey.sample(quota: dollars("10"))
            new.requestsPerMinute = 2
            let key = try await storage.create(new, by: fixture.operatorOfTests)
            let hold = try #require(
                try storage.admit(
                    HoldRequest(
                        keyID: key.id, amount: dollars("1"), month: fixture.month,
                        limits: KeyLimits(requestsPerMinute: 2), tokens: 100)
                ).hold)
            for amount in ["2", "3", "1"] { _ = try Self.reprice(hold, key, amount, storage, fixture) }
            let windows = storage.windows(of: key.id, limits: KeyLimits(requestsPerMinute: 2))
            #expect(windows?.requests?.remaining == 1)
            #expect(storage.holds.live(of: key.id) == (dollars("1"), 1))
            hold.note(Hold.Use(tokens: 5, isRequest: true))
            hold.release()
            #expect(storage.holds.live(of: key.id) == (.zero, 0))
        }
    }
}

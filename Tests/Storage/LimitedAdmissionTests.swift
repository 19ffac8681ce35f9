import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Admission of keys with limits", .timeLimit(.minutes(1)))
struct LimitedAdmissionTests {
    @LoopActor
    private static func admit(
        _ key: KeyRecord, _ limits: KeyLimits, amount: Money?, in storage: SQLiteStorage, _ fixture: Fixture
    ) throws -> Admission {
        try storage.admit(
            HoldRequest(keyID: key.id, amount: amount, month: fixture.month, limits: limits, tokens: 10))
    }

    @Test("is exact across two storages of the same file, with a quota and without", arguments: [true, false])
    func exact(hasQuota: Bool) async throws {
        try await withStorage { storage, fixture in
            let other = try fixture.open()
            let quota = hasQuota ? dollars("1000") : nil
            let key = try await storage.create(.sample(quota: quota), by: fixture.operatorOfTests)
            let storages = [storage, other]
            let answers = try await concurrently(300) { index in
                try Self.admit(
                    key, KeyLimits(requestsPerMinute: 20), amount: quota.map { _ in dollars("1") },
                    in: storages[index % 2], fixture)
            }
            #expect(answers.count { $0.hold != nil } == 20)
            #expect(answers.count { $0.limit == .requestsPerMinute } == 280)
            await other.close()
        }
    }

    @Test("says that nothing is left rather than that a limit is reached")
    func order() async throws {
        try await withStorage { storage, fixture in
            let limits = KeyLimits(requestsPerMinute: 1)
            let key = try await storage.create(.sample(quota: dollars("1")), by: fixture.operatorOfTests)
            let hold = try Self.admit(key, limits, amount: dollars("1"), in: storage, fixture).hold
            try await storage.spend(dollars("1"), key, fixture, hold: hold, request: "r1")
            #expect(try Self.admit(key, limits, amount: dollars("1"), in: storage, fixture) == .exhausted)
            _ = try await storage.recharge(
                .id(key.id), amount: dollars("5"), note: "", by: fixture.operatorOfTests)
            #expect(
                try Self.admit(key, limits, amount: dollars("1"), in: storage, fixture).limit == .requestsPerMinute)
            fixture.clock.advance(seconds: 61)
            #expect(try Self.admit(key, limits, amount: dollars("1"), in: storage, fixture).hold != nil)
        }
    }

    @Test("refuses for money without counting a request")
    func refusedForMoney() async throws {
        try await withStorage { storage, fixture in
            let limits = KeyLimits(requestsPerMinute: 2)
            let key = try await storage.create(.sample(quota: dollars("2")), by: fixture.operatorOfTests)
            let first = try Self.admit(key, limits, amount: dollars("2"), in: storage, fixture).hold
            for _ in 0..<5 {
                #expect(try Self.admit(key, limits, amount: dollars("2"), in: storage, fixture) == .held)
            }
            first?.release()
            #expect(try Self.admit(key, limits, amount: dollars("2"), in: storage, fixture).hold != nil)
        }
    }

    @Test("frees the place of a call that is settled only once its record is durable, and counts its tokens")
    func settled() async throws {
        try await withStorage { storage, fixture in
            let limits = KeyLimits(tokensPerMinute: 20, parallel: 1)
            let key = try await storage.create(.sample(quota: nil), by: fixture.operatorOfTests)
            let hold = try #require(try Self.admit(key, limits, amount: nil, in: storage, fixture).hold)
            #expect(try Self.admit(key, limits, amount: nil, in: storage, fixture).limit == .parallel)
            hold.note(Hold.Use(tokens: 15, isRequest: true))
            try await storage.spend(dollars("1"), key, fixture, hold: hold, request: "r1")
            #expect(try Self.admit(key, limits, amount: nil, in: storage, fixture).limit == .tokensPerMinute)
            fixture.clock.advance(seconds: 61)
            #expect(try Self.admit(key, limits, amount: nil, in: storage, fixture).hold != nil)
        }
    }
}

extension Admission {
    fileprivate var limit: LimitRefusal.Limit? {
        if case .limited(let refusal) = self { refusal.limit } else { nil }
    }
}

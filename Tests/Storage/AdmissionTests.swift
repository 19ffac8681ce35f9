import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Admission", .timeLimit(.minutes(1)))
struct AdmissionTests {
    @Test("refuses a key that was deleted, disabled or has expired")
    func gone() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let key = try await storage.create(.sample(), by: me)
            #expect(try storage.hold(key.id, dollars("1"), fixture).hold != nil)
            #expect(try storage.hold(KeyID(rawValue: 999), dollars("1"), fixture) == .gone)

            var changes = KeyChanges()
            changes.isDisabled = .set(true)
            _ = try await storage.update(key.id, changes, by: me)
            #expect(try storage.hold(key.id, dollars("1"), fixture) == .gone)

            changes.isDisabled = .set(false)
            changes.expiresAt = .set(fixture.clock.now.adding(seconds: 1))
            _ = try await storage.update(key.id, changes, by: me)
            #expect(try storage.hold(key.id, dollars("1"), fixture).hold != nil)
            fixture.clock.advance(seconds: 1)
            #expect(try storage.hold(key.id, dollars("1"), fixture) == .gone)

            try await storage.delete(key.id, by: me)
            #expect(try storage.hold(key.id, dollars("1"), fixture) == .gone)
        }
    }

    @Test("counts live holds until their calls are settled or given up")
    func holdsLive() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(quota: dollars("10")), by: fixture.operatorOfTests)
            let first = try #require(try storage.hold(key.id, dollars("6"), fixture).hold)
            #expect(try storage.hold(key.id, dollars("6"), fixture) == .held)
            var second = try storage.hold(key.id, dollars("4"), fixture).hold

            try await storage.spend(dollars("1"), key, fixture, hold: first, request: "r1")
            #expect(second != nil)
            #expect(try storage.hold(key.id, dollars("6"), fixture) == .held)
            second = nil
            #expect(try storage.hold(key.id, dollars("6"), fixture).hold != nil)
        }
    }

    @Test("admits no more of 300 calls at once than the quota pays for, plus one")
    func parallel() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(quota: dollars("10")), by: fixture.operatorOfTests)
            let answers = try await AdmissionTests.admit(300, on: [storage], key, fixture)
            #expect(answers.count { $0.hold != nil } == 10)
            #expect(answers.count { $0 == .held } == 290)

            for (index, hold) in answers.compactMap(\.hold).enumerated() {
                try await storage.spend(dollars("1"), key, fixture, hold: hold, request: "r\(index)")
            }
            #expect(try storage.hold(key.id, dollars("1"), fixture) == .exhausted)
            #expect(storage.holds.live(of: key.id).count == 0)
        }
    }

    @Test("is exact across two writers of the same file")
    func twoWriters() async throws {
        try await withStorage { storage, fixture in
            let other = try fixture.open()
            let key = try await storage.create(.sample(quota: dollars("10.5")), by: fixture.operatorOfTests)
            let answers = try await AdmissionTests.admit(300, on: [storage, other], key, fixture)
            #expect(answers.count { $0.hold != nil } == 10)
            await other.close()
        }
    }

    @Test("lets a lone call overshoot unless the key is strict")
    func strict() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            var new = NewKey.sample(quota: dollars("1"))
            let lenient = try await storage.create(new, by: me)
            new = .sample(seed: 2, quota: dollars("1"))
            new.isStrict = true
            let strict = try await storage.create(new, by: me)
            #expect(try storage.hold(lenient.id, dollars("5"), fixture).hold != nil)
            #expect(try storage.hold(strict.id, dollars("5"), fixture) == .exhausted)
            let hold = try storage.hold(strict.id, dollars("1"), fixture).hold
            #expect(hold != nil)
            #expect(try storage.hold(strict.id, dollars("1"), fixture) == .held)
        }
    }

    @Test("survives holds whose sum would pass 64 bits")
    func hugeHolds() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(quota: nil), by: fixture.operatorOfTests)
            let answers = try (0..<20).map { _ in try storage.hold(key.id, Money(nanodollars: .max), fixture) }
            #expect(answers.allSatisfy { $0.hold != nil })
        }
    }

    /// Asks for a dollar each, all at once, spread over the storages.
    @LoopActor
    static func admit(
        _ count: Int, on storages: [SQLiteStorage], _ key: KeyRecord, _ fixture: Fixture
    ) async throws -> [Admission] {
        try await concurrently(count) { index in
            try storages[index % storages.count].hold(key.id, dollars("1"), fixture)
        }
    }
}

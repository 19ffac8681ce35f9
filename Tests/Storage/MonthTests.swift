import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

/// Admission and settlement while the clock moves: over ends of months, and back.
@Suite("Months of the ledger", .timeLimit(.minutes(1)))
struct MonthTests {
    /// The last millisecond of a month, the first of the next, and what they are called.
    static let turns: [(last: String, first: String, months: [String])] = [
        ("2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z", ["2026-11", "2026-12"]),
        ("2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z", ["2026-12", "2027-01"]),
        ("2027-01-31T23:59:59.999Z", "2027-02-01T00:00:00Z", ["2027-01", "2027-02"]),
        ("2027-02-28T23:59:59.999Z", "2027-03-01T00:00:00Z", ["2027-02", "2027-03"]),
        ("2028-02-29T23:59:59.999Z", "2028-03-01T00:00:00Z", ["2028-02", "2028-03"]),
        ("2000-02-29T23:59:59.999Z", "2000-03-01T00:00:00Z", ["2000-02", "2000-03"]),
        ("2100-02-28T23:59:59.999Z", "2100-03-01T00:00:00Z", ["2100-02", "2100-03"]),
        // The same moment as 23:59:59.999 UTC: where the operator lives the month has turned long ago.
        ("2027-05-01T07:59:59.999+08:00", "2027-05-01T08:00:00+08:00", ["2027-04", "2027-05"]),
        ("2027-07-31T18:59:59.999-05:00", "2027-07-31T19:00:00-05:00", ["2027-07", "2027-08"]),
    ]

    /// Asks for admission as the gateway does: for the month that the clock tells.
    @LoopActor
    private func admit(
        _ key: KeyRecord, _ amount: String, _ storage: SQLiteStorage, _ fixture: Fixture
    ) throws -> Call? {
        let month = fixture.month
        guard let hold = try storage.hold(key.id, dollars(amount), fixture).hold else { return nil }
        return Call(hold: hold, month: month)
    }

    private struct Call {
        let hold: Hold
        let month: BillingMonth
    }

    @LoopActor
    private func end(
        _ call: Call, _ fee: String, _ key: KeyRecord, _ storage: SQLiteStorage, _ fixture: Fixture, request: String
    ) async throws {
        try await storage.spend(
            dollars(fee), key, fixture, hold: call.hold, request: request, month: call.month)
    }

    /// Fees by month, as they stand with the key.
    private func fees(_ fixture: Fixture) throws -> [String: String] {
        let rows = try fixture.inspect("SELECT month, fee FROM key_months") { row in (row.text(), row.money().dollars) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func expectNoDifferences(_ fixture: Fixture) throws {
        #expect(try LedgerVerification.run(database: fixture.database).differences.map(\.description) == [])
    }

    @Test("a key that has used up its month is admitted in the first millisecond of the next", arguments: turns)
    func turn(_ last: String, _ first: String, _ months: [String]) async throws {
        try await withStorage { storage, fixture in
            fixture.clock.set(last)
            let key = try await storage.create(.sample(quota: dollars("1")), by: fixture.operatorOfTests)
            let call = try #require(try admit(key, "1", storage, fixture))
            try await end(call, "1.5", key, storage, fixture, request: "a")
            #expect(try storage.hold(key.id, dollars("0.1"), fixture) == .exhausted)
            #expect(try storage.key(key.id, fixture)?.monthFee == dollars("1.5"))

            fixture.clock.set(first)
            #expect(try storage.key(key.id, fixture)?.monthFee == .zero)
            let next = try #require(try admit(key, "1", storage, fixture))
            try await end(next, "0.25", key, storage, fixture, request: "b")
            #expect(try fees(fixture) == [months[0]: "1.5", months[1]: "0.25"])
            #expect(try fixture.inspect("SELECT month FROM threads ORDER BY id") { $0.text() } == months)
            // What passed November's quota came off the balance, and December's quota does not make up for it.
            #expect(try storage.key(key.id, fixture)?.balance == dollars("-0.5"))
            try expectNoDifferences(fixture)
        }
    }

    @Test("calls that run over the turn are billed to the month of their admission, in whatever order they end")
    func runningOver() async throws {
        try await withStorage { storage, fixture in
            fixture.clock.set("2028-02-29T23:59:58Z")
            let key = try await storage.create(
                .sample(quota: dollars("1"), balance: dollars("10")), by: fixture.operatorOfTests)
            let early = try #require(try admit(key, "0.75", storage, fixture))
            let other = try #require(try admit(key, "0.75", storage, fixture))
            fixture.clock.set("2028-03-01T00:00:01Z")
            let late = try #require(try admit(key, "0.75", storage, fixture))
            try await end(late, "0.75", key, storage, fixture, request: "late")
            try await end(other, "0.75", key, storage, fixture, request: "other")
            fixture.clock.set("2028-03-31T23:59:59Z")
            try await end(early, "0.75", key, storage, fixture, request: "early")

            #expect(try fees(fixture) == ["2028-02": "1.5", "2028-03": "0.75"])
            let rows = try fixture.inspect("SELECT request_id, month, fee_balance FROM threads ORDER BY id") { row in
                "\(row.text()) \(row.text()) \(row.money().dollars)"
            }
            // Each month's own quota is spent before the balance, whichever month's call ends first.
            #expect(rows == ["late 2028-03 0", "other 2028-02 0", "early 2028-02 0.5"])
            #expect(try storage.key(key.id, fixture)?.balance == dollars("9.5"))
            #expect(storage.holds.live(of: key.id).count == 0)
            try expectNoDifferences(fixture)
        }
    }

    @Test("what calls of the old month hold counts in the new month until they end, so nothing is spent twice")
    func holdsOfTheOldMonth() async throws {
        try await withStorage { storage, fixture in
            fixture.clock.set("2026-11-30T23:59:59Z")
            let key = try await storage.create(.sample(quota: dollars("1")), by: fixture.operatorOfTests)
            let call = try #require(try admit(key, "0.75", storage, fixture))
            fixture.clock.set("2026-12-01T00:00:00Z")
            #expect(try storage.hold(key.id, dollars("0.5"), fixture) == .held)
            let small = try #require(try admit(key, "0.25", storage, fixture))
            try await end(call, "0.75", key, storage, fixture, request: "old")
            // Its fee is November's: all that December has but for the small hold is free.
            let rest = try #require(try admit(key, "0.75", storage, fixture))
            try await end(small, "0.25", key, storage, fixture, request: "small")
            try await end(rest, "0.75", key, storage, fixture, request: "rest")
            #expect(try storage.hold(key.id, dollars("0.01"), fixture) == .exhausted)
            #expect(try fees(fixture) == ["2026-11": "0.75", "2026-12": "1"])
            try expectNoDifferences(fixture)
        }
    }

    @Test("a clock that goes back over the turn finds the old month as it was left, and loses and doubles no fee")
    func clockGoesBack() async throws {
        try await withStorage { storage, fixture in
            fixture.clock.set("2026-11-30T23:59:50Z")
            let key = try await storage.create(.sample(quota: dollars("1")), by: fixture.operatorOfTests)
            let first = try #require(try admit(key, "0.75", storage, fixture))
            try await end(first, "0.75", key, storage, fixture, request: "november")

            fixture.clock.set("2026-12-01T00:00:10Z")
            #expect(try storage.key(key.id, fixture)?.monthFee == .zero)
            let second = try #require(try admit(key, "1", storage, fixture))

            // Set back while December's call runs: November has 0.25 left, of which the running hold takes all.
            fixture.clock.set("2026-11-30T23:59:55Z")
            #expect(try storage.key(key.id, fixture)?.monthFee == dollars("0.75"))
            #expect(try storage.hold(key.id, dollars("0.1"), fixture) == .held)
            try await end(second, "1", key, storage, fixture, request: "december")
            let third = try #require(try admit(key, "0.25", storage, fixture))
            try await end(third, "0.25", key, storage, fixture, request: "november again")
            #expect(try storage.hold(key.id, dollars("0.1"), fixture) == .exhausted)

            fixture.clock.set("2026-12-01T00:00:00Z")
            #expect(try storage.hold(key.id, dollars("0.1"), fixture) == .exhausted, "December's quota is used up too")
            #expect(try fees(fixture) == ["2026-11": "1", "2026-12": "1"])
            let months = try fixture.inspect("SELECT month FROM threads ORDER BY id") { $0.text() }
            #expect(months == ["2026-11", "2026-12", "2026-11"])
            #expect(try storage.key(key.id, fixture)?.totalFee == dollars("2"))
            try expectNoDifferences(fixture)
        }
    }

    @Test("what one process knows of an account in the old month does not admit in the new, nor the other way round")
    func knownAccounts() async throws {
        let fixture = Fixture()
        try await onLoop {
            let one = try fixture.open(lookupRecheck: .seconds(60))
            let two = try fixture.open(lookupRecheck: .seconds(60))
            fixture.clock.set("2026-11-30T23:59:59Z")
            let new = NewKey.sample(quota: dollars("1"))
            let key = try await one.create(new, by: fixture.operatorOfTests)
            for storage in [one, two] { #expect(try storage.caller(new.hash, month: fixture.month)?.monthFee == .zero) }
            let call = try #require(try admit(key, "1", one, fixture))
            try await end(call, "1", key, one, fixture, request: "a")
            #expect(try two.hold(key.id, dollars("0.5"), fixture) == .exhausted)

            fixture.clock.set("2026-12-01T00:00:00Z")
            for storage in [one, two] { #expect(try storage.caller(new.hash, month: fixture.month)?.monthFee == .zero) }
            for storage in [one, two] {
                let next = try #require(try admit(key, "0.5", storage, fixture))
                try await end(next, "0.5", key, storage, fixture, request: "b")
            }
            for storage in [one, two] { #expect(try storage.hold(key.id, dollars("0.5"), fixture) == .exhausted) }
            fixture.clock.set("2026-11-30T23:59:59Z")
            for storage in [one, two] { #expect(try storage.hold(key.id, dollars("0.5"), fixture) == .exhausted) }
            #expect(try fees(fixture) == ["2026-11": "1", "2026-12": "1"])
            await one.close()
            await two.close()
            try expectNoDifferences(fixture)
        }
    }

    @Test("a settlement that is repeated after the turn is billed once, to the month of its admission")
    func repeatedOverTheTurn() async throws {
        try await withStorage { storage, fixture in
            fixture.clock.set("2026-12-31T23:59:59Z")
            let key = try await storage.create(.sample(quota: dollars("1")), by: fixture.operatorOfTests)
            var call = CallRecord(model: "m", provider: "echo", prices: PriceList(input: .zero, output: .zero))
            call.fee = dollars("0.5")
            var settlement = Settlement(
                hold: nil, keyID: key.id, keyName: key.name, month: fixture.month, requestID: "r", session: nil,
                call: call)
            let first = try await storage.settle(settlement)
            for time in ["2027-01-01T00:00:01Z", "2026-12-31T23:59:00Z"] {
                fixture.clock.set(time)
                settlement.isRepeated = true
                #expect(try await storage.settle(settlement) == first)
            }
            #expect(try fees(fixture) == ["2026-12": "0.5"])
            try expectNoDifferences(fixture)
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Verifying the ledger", .timeLimit(.minutes(1)))
struct LedgerVerificationTests {
    @Test("finds nothing after random fees, recharges, a turn of the month and a deleted key")
    func sound() async throws {
        try await withStorage { storage, fixture in
            try await Self.live(storage, fixture)
            let found = try LedgerVerification.run(database: fixture.database)
            #expect(found.differences == [])
            #expect(found.keys == 2)
            #expect(found.threads == 180, "those of the deleted key are read too")
            #expect(found.payments == 5)
        }
    }

    @Test("names each number that was changed, with what is stored and what the rows say")
    func changed() async throws {
        try await withStorage { storage, fixture in
            try await Self.live(storage, fixture)
            let keys = try await storage.keys(KeyFilter(), page: PageRequest(), month: fixture.month).items
            let ada = try #require(keys.first { $0.name == "Ada" })
            let bob = try #require(keys.first { $0.name == "Bob" })
            try fixture.change(
                """
                UPDATE api_keys SET balance = balance + 1 WHERE name = 'Ada';
                UPDATE api_keys SET total_fee = total_fee - 5 WHERE name = 'Bob';
                INSERT INTO key_months (key_id, month, fee) VALUES (\(bob.id.rawValue), '2020-01', 7);
                UPDATE key_months SET fee = fee + 3 WHERE key_id = \(ada.id.rawValue) AND month = '2026-12';
                """)
            let december = try #require(try storage.key(.id(ada.id), month: BillingMonth(text: "2026-12"))).monthFee
            func nano(_ count: Int64) -> Money { Money(nanodollars: count) }
            let found = try LedgerVerification.run(database: fixture.database).differences
            #expect(
                found == [
                    LedgerDifference(
                        keyID: ada.id, keyName: "Ada", number: .monthFee(BillingMonth(text: "2026-12")),
                        stored: december, computed: december - nano(3)),
                    LedgerDifference(
                        keyID: ada.id, keyName: "Ada", number: .balance, stored: ada.balance + nano(1),
                        computed: ada.balance),
                    LedgerDifference(
                        keyID: bob.id, keyName: "Bob", number: .monthFee(BillingMonth(text: "2020-01")),
                        stored: nano(7), computed: .zero),
                    LedgerDifference(
                        keyID: bob.id, keyName: "Bob", number: .totalFee, stored: bob.totalFee - nano(5),
                        computed: bob.totalFee),
                ])
            #expect(
                found[2].description
                    == "key \(bob.id) (Bob): month_fee of 2020-01 is stored as 0.000000007, its rows say 0")
        }
    }

    @Test("notices a call whose row was removed, and one that was never charged")
    func rows() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(
                .sample(quota: dollars("1"), balance: dollars("5")), by: fixture.operatorOfTests)
            try await storage.spend(dollars("3"), key, fixture, request: "a")
            try fixture.change("UPDATE threads SET fee_balance = 0")
            let found = try LedgerVerification.run(database: fixture.database).differences
            #expect(found.map(\.number) == [.balance])
            #expect(found.map(\.stored) == [dollars("3")])
            #expect(found.map(\.computed) == [dollars("5")])
            try fixture.change("DELETE FROM threads")
            let numbers = try LedgerVerification.run(database: fixture.database).differences.map(\.number)
            #expect(numbers == [.monthFee(fixture.month), .totalFee, .balance])
        }
    }

    @Test("sees one state while calls are settled")
    func besideWriters() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(
                .sample(quota: dollars("0.001"), balance: dollars("5")), by: fixture.operatorOfTests)
            let path = fixture.database
            for round in 0..<20 {
                let verifying = Task.detached {
                    try (0..<5).map { _ in try LedgerVerification.run(database: path) }
                }
                _ = try await concurrently(40) { index in
                    try await storage.spend(dollars("0.0001"), key, fixture, request: "r\(round)-\(index)")
                }
                for found in try await verifying.value {
                    #expect(found.differences == [])
                    #expect((40 * round...40 * (round + 1)).contains(found.threads))
                }
            }
        }
    }

    @Test("refuses a path without a database, and another schema, and makes nothing there")
    func refusals() throws {
        let fixture = Fixture()
        #expect(throws: StorageOpenError.missing(path: fixture.database)) {
            try LedgerVerification.run(database: fixture.database)
        }
        #expect(!BackupFiles.exists(fixture.database))
        try Migrator.migrate(path: fixture.database)
        try fixture.change("UPDATE schema_version SET version = 1")
        #expect {
            try LedgerVerification.run(database: fixture.database)
        } throws: { "\($0)".contains("brook migrate") }
    }

    /// Ada and Bob, and a key that is gone again.
    @LoopActor
    private static func live(_ storage: SQLiteStorage, _ fixture: Fixture) async throws {
        var generator = SeededGenerator(seed: 11)
        var keys: [KeyRecord] = []
        for (index, name) in ["Ada", "Bob", "Gone"].enumerated() {
            keys.append(
                try await storage.create(
                    .sample(name, seed: UInt8(index + 1), quota: dollars("0.01"), balance: dollars("1")),
                    by: fixture.operatorOfTests))
        }
        for (index, amount) in ["2.5", "-0.7"].enumerated() {
            _ = try await storage.recharge(
                .id(keys[index].id), amount: dollars(amount), note: "", by: fixture.operatorOfTests)
        }
        for index in 0..<180 {
            let month = BillingMonth(text: index < 90 ? "2026-11" : "2026-12")
            let fee = Money(nanodollars: Int64.random(in: 0...900_000, using: &generator))
            try await storage.spend(fee, keys[index % 3], fixture, request: "r\(index)", month: month)
        }
        try await storage.delete(keys[2].id, by: fixture.operatorOfTests)
    }
}

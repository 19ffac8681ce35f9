import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("The management's tables", .timeLimit(.minutes(1)))
struct ManagementTests {
    @Test("are added to a database of the first version, which keeps its rows")
    func upgrade() async throws {
        let fixture = Fixture()
        let connection = try Connection(path: fixture.database, for: .maintenance)
        try connection.execute(script: "PRAGMA journal_mode = WAL;" + Schema.version1)
        try connection.execute(
            script: """
                INSERT INTO schema_version VALUES (1);
                INSERT INTO api_keys (hash, masked_key, name, email, role, balance, total_fee, rpm, tpm, max_parallel,
                    is_strict, is_disabled, records_text, created_at, updated_at)
                VALUES (x'00', 'br-…', 'old', '', 'user', 7, 0, 0, 0, 0, 0, 0, 1, 0, 0);
                """)
        let outcome = try Migrator.migrate(path: fixture.database)
        #expect(outcome == Migrator.Outcome(before: 1, after: Schema.current))
        try await onLoop {
            let storage = try fixture.open()
            let page = try await storage.keys(KeyFilter(), page: PageRequest(), month: fixture.month)
            #expect(page.items.map(\.name) == ["old"] && page.items.first?.balance == Money(nanodollars: 7))
            #expect(try await storage.totals().keys == 1)
            await storage.close()
        }
    }

    @Test("order by the columns that the interface names")
    func orderColumns() {
        #expect(Set(PaymentTable.orders.keys) == OrderColumns.payments)
        #expect(Set(AuditTable.orders.keys) == OrderColumns.audit)
        #expect(Set(WebhookTable.orders.keys) == OrderColumns.webhooks)
        #expect(Set(UsageTable.orders.keys) == OrderColumns.usage)
    }

    @Test("work in every order")
    func orders() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let key = try await storage.create(.sample(), by: me)
            _ = try await storage.recharge(.id(key.id), amount: dollars("1"), note: "", by: me)
            _ = try await storage.createWebhook(name: "w", config: ["appId": "a"], by: me)
            try await storage.spend(dollars("1"), key, fixture, request: "r")
            for isDescending in [true, false] {
                func page(_ column: String) -> PageRequest { PageRequest(orderBy: column, isDescending: isDescending) }
                for column in OrderColumns.payments {
                    #expect(try await storage.payments(key: nil, page: page(column)).total == 1)
                }
                for column in OrderColumns.audit {
                    #expect(try await storage.audit(AuditFilter(), page: page(column)).total == 3)
                }
                for column in OrderColumns.webhooks {
                    #expect(try await storage.webhooks(text: nil, page: page(column)).total == 1)
                }
                for column in OrderColumns.usage {
                    for grouping in UsageGrouping.allCases {
                        #expect(try await storage.usage(grouping, UsageFilter(), page: page(column)).total == 1)
                    }
                }
                for column in OrderColumns.threads {
                    #expect(try await storage.threads(ThreadFilter(), page: page(column)).items.count == 1)
                }
            }
        }
    }

    @Test("end a replaced text on time, whatever was looked up before")
    func endsOnTime() async throws {
        let fixture = Fixture()
        try await onLoop {
            // Look-ups are remembered for a minute here, which does not matter to a replaced text.
            let storage = try SQLiteStorage.open(
                path: fixture.database, secretKeyPath: fixture.secretKey, clock: fixture.clock,
                lookupRecheck: .seconds(60))
            let old = NewKey.sample(seed: 1)
            let key = try await storage.create(old, by: fixture.operatorOfTests)
            let caller = { (seed: UInt8) throws in
                try storage.caller(KeyHash(bytes: [UInt8](repeating: seed, count: 32)), month: fixture.month)?.id
            }
            #expect(try caller(1) == key.id)
            let text = KeyText(hash: KeyHash(bytes: [UInt8](repeating: 9, count: 32)), masked: "br-new…")
            let end = fixture.clock.now.adding(seconds: 60)
            _ = try await storage.replaceText(of: key.id, with: text, overlapEnd: end, by: fixture.operatorOfTests)
            #expect(try caller(1) == key.id)
            #expect(try caller(9) == key.id)
            fixture.clock.advance(seconds: 60)
            #expect(try caller(1) == nil)
            #expect(try caller(9) == key.id)
            await storage.close()
        }
    }

    @Test("never let a text that was one key's become another's")
    func textsStayTheirs() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let key = try await storage.create(.sample(seed: 1), by: me)
            let text = KeyText(hash: KeyHash(bytes: [UInt8](repeating: 9, count: 32)), masked: "br-new…")
            let end = fixture.clock.now.adding(seconds: 60)
            _ = try await storage.replaceText(of: key.id, with: text, overlapEnd: end, by: me)
            fixture.clock.advance(seconds: 3600)
            await #expect(throws: StorageError.self) { _ = try await storage.create(.sample(seed: 1), by: me) }
            await #expect(throws: StorageError.self) { _ = try await storage.create(.sample(seed: 9), by: me) }
            try await storage.delete(key.id, by: me)
            #expect(try fixture.inspect("SELECT COUNT(*) FROM retired_keys") { $0.int() } == [0])
        }
    }

    @Test("give a webhook's secrets only to the row and key file that they were sealed for")
    func sealedWebhook() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let one = try await storage.createWebhook(name: "one", config: ["appId": "a", "appSecret": "s1"], by: me)
            let two = try await storage.createWebhook(name: "two", config: ["appId": "b", "appSecret": "s2"], by: me)
            await #expect(throws: StorageError.self) {
                _ = try await storage.updateWebhook(
                    one.id, name: .set("three"), config: .keep, baseVersion: one.version + 1, by: me)
            }
            try fixture.change(
                "UPDATE webhooks SET config = (SELECT config FROM webhooks WHERE id = 1) WHERE id = \(two.id)")
            #expect(try await storage.webhook(.name("one"))?.config["appSecret"] == "s1")
            await #expect(throws: StorageError.self) { _ = try await storage.webhook(.name("two")) }
            try await storage.deleteWebhook(two.id, by: me)
            #expect(
                throws: StorageOpenError.secretKeyMissing(path: fixture.secretKey + "2", database: fixture.database)
            ) {
                _ = try SQLiteStorage.open(path: fixture.database, secretKeyPath: fixture.secretKey + "2")
            }
        }
    }

    @Test("sum up usage from their index alone")
    func usesIndex() async throws {
        try await withStorage { storage, fixture in
            let plans = try fixture.inspect(
                "EXPLAIN QUERY PLAN SELECT created_at / 86400000, SUM(fee), SUM(status IN ('error')) FROM threads "
                    + "WHERE created_at >= 5 GROUP BY created_at / 86400000"
            ) { row in
                row.skip()
                row.skip()
                row.skip()
                return row.text()
            }
            #expect(plans.contains { $0.contains("COVERING INDEX threads_usage") }, "\(plans)")
        }
    }
}

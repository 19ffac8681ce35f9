import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Keys", .timeLimit(.minutes(1)))
struct KeyStoreTests {
    @Test("are found by number and by hash with all their fields")
    func find() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let group = try await storage.create(name: "Team", key: "t", by: me)
            var new = NewKey.sample("Ada", quota: dollars("12.000000001"), balance: dollars("0.5"))
            new.email = "ada@example.com"
            new.role = .admin
            new.groupID = group.id
            new.requestsPerMinute = 1
            new.tokensPerMinute = 2
            new.maxParallel = 3
            new.isStrict = true
            new.recordsText = false
            new.expiresAt = fixture.clock.now.adding(seconds: 99)
            let created = try await storage.create(new, by: me)
            let expected = KeyRecord(
                id: created.id, name: "Ada", email: "ada@example.com", role: .admin, groupID: group.id,
                groupName: "Team", maskedKey: "br-abc…wxyz", monthQuota: dollars("12.000000001"),
                balance: dollars("0.5"), requestsPerMinute: 1, tokensPerMinute: 2, maxParallel: 3, isStrict: true,
                recordsText: false, expiresAt: new.expiresAt, createdAt: fixture.clock.now, updatedAt: fixture.clock.now
            )
            #expect(created == expected)
            #expect(try storage.key(.hash(new.hash), month: fixture.month) == expected)
            #expect(try storage.key(.id(created.id), month: fixture.month) == expected)
            #expect(try storage.key(.hash(KeyHash(bytes: [1, 2])), month: fixture.month) == nil)
            #expect(try storage.key(KeyID(rawValue: 77), fixture) == nil)
        }
    }

    @Test("change at once for every look-up in every process")
    func visible() async throws {
        try await withStorage { storage, fixture in
            let other = try fixture.open()
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            #expect(try other.key(key.id, fixture)?.isDisabled == false)
            var changes = KeyChanges()
            changes.isDisabled = .set(true)
            _ = try await storage.update(key.id, changes, by: fixture.operatorOfTests)
            #expect(try other.key(key.id, fixture)?.isDisabled == true)
            await other.close()
        }
    }

    @Test("take only the fields that an update names")
    func update() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let key = try await storage.create(.sample("Ada", quota: dollars("1")), by: me)
            fixture.clock.advance(seconds: 5)
            var changes = KeyChanges()
            changes.email = .set("new@example.com")
            changes.monthQuota = .set(nil)
            let updated = try await storage.update(key.id, changes, by: me)
            var expected = key
            expected.email = "new@example.com"
            expected.monthQuota = nil
            expected.updatedAt = fixture.clock.now
            #expect(updated == expected)

            fixture.clock.advance(seconds: 5)
            #expect(
                try await storage.update(key.id, changes, by: me) == expected, "nothing changed, nothing is written")
            changes.groupID = .set(GroupID(rawValue: 5))
            await #expect(throws: StorageError.unknownReference(field: "group_id")) {
                try await storage.update(key.id, changes, by: me)
            }
            await #expect(throws: StorageError.notFound("key")) {
                try await storage.update(KeyID(rawValue: 9), changes, by: me)
            }
        }
    }

    @Test("may share a name but not a text, and refuse a group that is not there")
    func conflicts() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            _ = try await storage.create(.sample("Ada", seed: 1), by: me)
            _ = try await storage.create(.sample("Ada", seed: 2), by: me)
            await #expect {
                _ = try await storage.create(.sample("Eve", seed: 1), by: me)
            } throws: { error in
                guard case .conflict("api_key", _) = error as? StorageError else { return false }
                return true
            }
            var new = NewKey.sample(seed: 3)
            new.groupID = GroupID(rawValue: 8)
            await #expect(throws: StorageError.unknownReference(field: "group_id")) {
                _ = try await storage.create(new, by: me)
            }
            #expect(try fixture.inspect("SELECT COUNT(*) FROM audit") { $0.int() } == [2], "refusals write no audit")
        }
    }

    @Test("are recharged together with their payment")
    func recharge() async throws {
        try await withStorage { storage, fixture in
            let admin = Operator(keyID: KeyID(rawValue: 7), name: "Root")
            let new = NewKey.sample(balance: dollars("1"))
            let key = try await storage.create(new, by: admin)
            _ = try await storage.recharge(.hash(new.hash), amount: dollars("2.5"), note: "May", by: admin)
            let now = try await storage.recharge(.id(key.id), amount: dollars("-1"), note: "", by: admin)
            #expect(now.balance == dollars("2.5"))
            #expect(try storage.key(key.id, fixture) == now)
            let payments = try fixture.inspect(
                "SELECT key_name, amount, balance_after, note, operator_id, operator_name FROM payments ORDER BY id"
            ) { "\($0.text()) \($0.money().dollars) \($0.money().dollars) \($0.text()) \($0.int()) \($0.text())" }
            #expect(
                payments == ["Ada 1 1 initial balance 7 Root", "Ada 2.5 3.5 May 7 Root", "Ada -1 2.5  7 Root"])
            await #expect(throws: StorageError.notFound("key")) {
                try await storage.recharge(.id(KeyID(rawValue: 9)), amount: dollars("1"), note: "", by: admin)
            }
        }
    }

    @Test("leave their records and payments behind, and never their number")
    func delete() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let model = try await storage.create(.demo(), by: me)
            let key = try await storage.create(.sample("Ada", balance: dollars("1")), by: me)
            _ = try await storage.grant(model.id, to: .key(key.id), by: me)
            _ = try storage.hold(key.id, dollars("1"), fixture)
            let session = SessionReference(key: "s", title: "Title")
            try await storage.spend(dollars("1"), key, fixture, request: "r", session: session)
            try await storage.delete(key.id, by: me)

            #expect(try storage.key(key.id, fixture) == nil)
            for (table, rows) in [("payments", 1), ("threads", 1), ("sessions", 1), ("model_rights", 0)] {
                #expect(try fixture.inspect("SELECT COUNT(*) FROM \(table)") { $0.int() } == [rows], "\(table)")
            }
            #expect(try await storage.create(.sample("Bob"), by: me).id != key.id)
            await #expect(throws: StorageError.notFound("key")) { try await storage.delete(key.id, by: me) }
        }
    }

    @Test("leave one line of audit for each change, without secrets")
    func audit() async throws {
        try await withStorage { storage, fixture in
            let admin = Operator(keyID: KeyID(rawValue: 7), name: "Root")
            let key = try await storage.create(.sample("Ada"), by: admin)
            var changes = KeyChanges()
            changes.monthQuota = .set(dollars("0.25"))
            changes.name = .set("Ada")
            _ = try await storage.update(key.id, changes, by: admin)
            _ = try await storage.recharge(.id(key.id), amount: dollars("1"), note: "n", by: admin)
            try await storage.delete(key.id, by: admin)
            let lines = try fixture.inspect(
                "SELECT operator_id, operator_name, action, subject, changes FROM audit ORDER BY id"
            ) { "\($0.int()) \($0.text()) \($0.text()) \($0.text()) \($0.text())" }
            #expect(
                lines == [
                    #"7 Root key.create key:1 {"name":"Ada","role":"user","month_quota":10,"balance":0}"#,
                    #"7 Root key.update key:1 {"month_quota":0.25}"#,
                    #"7 Root key.recharge key:1 {"amount":1,"balance":1}"#,
                    #"7 Root key.delete key:1 {"name":"Ada","balance":1}"#,
                ])
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Models, groups and rights", .timeLimit(.minutes(1)))
struct ModelStoreTests {
    @Test("a model is found by name and number with all its fields")
    func find() async throws {
        try await withStorage { storage, fixture in
            var new = NewModel.demo(config: ["modelId": "m", "n": [1, nil, true, "ü"]])
            new.isMultimodal = true
            new.prices.cacheRead = dollars("0.3")
            new.prices.cacheWriteOneHour = dollars("6")
            let created = try await storage.create(new, by: fixture.operatorOfTests)
            let expected = ModelRecord(
                id: created.id, name: "demo", provider: "echo", config: new.config, isMultimodal: true,
                prices: new.prices, version: 1, createdAt: fixture.clock.now, updatedAt: fixture.clock.now)
            #expect(created == expected)
            for _ in 0..<2 {
                #expect(try storage.model(named: "demo") == expected)
                #expect(try storage.model(created.id) == expected)
            }
            #expect(try storage.model(named: "Demo") == nil)
            #expect(try storage.model(ModelID(rawValue: 9)) == nil)
        }
    }

    @Test("an update changes the named fields, counts the version, and shows at once in every process")
    func update() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let other = try fixture.open()
            let model = try await storage.create(.demo(config: ["a": 1]), by: me)
            _ = try other.model(named: "demo")
            var changes = ModelChanges()
            changes.priceInput = .set(dollars("4"))
            changes.priceCacheRead = .set(dollars("1"))
            fixture.clock.advance(seconds: 1)
            var expected = model
            expected.prices.input = dollars("4")
            expected.prices.cacheRead = dollars("1")
            expected.version = 2
            expected.updatedAt = fixture.clock.now
            #expect(try await storage.update(model.id, changes, by: me) == expected)
            #expect(try other.model(named: "demo") == expected)

            changes = ModelChanges()
            changes.config = .set(["a": 2])
            changes.priceCacheRead = .set(nil)
            expected.config = ["a": 2]
            expected.prices.cacheRead = nil
            expected.version = 3
            #expect(try await storage.update(model.id, changes, by: me) == expected)
            #expect(try other.model(named: "demo") == expected)
            #expect(try await storage.update(model.id, changes, by: me).version == 3, "nothing changed")
            await other.close()
        }
    }

    @Test("an update against an older version is a conflict")
    func baseVersion() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let model = try await storage.create(.demo(), by: me)
            var changes = ModelChanges()
            changes.baseVersion = model.version
            changes.provider = .set("anthropic")
            _ = try await storage.update(model.id, changes, by: me)
            changes.provider = .set("echo")
            await #expect {
                _ = try await storage.update(model.id, changes, by: me)
            } throws: { error in
                guard case .conflict = error as? StorageError else { return false }
                return true
            }
        }
    }

    @Test("names of models and groups are unique")
    func names() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            func conflicts(_ body: @LoopActor () async throws -> Void) async -> Bool {
                do { try await body() } catch {
                    if case .conflict("name", _) = error as? StorageError { return true }
                }
                return false
            }
            _ = try await storage.create(.demo("one"), by: me)
            let two = try await storage.create(.demo("two"), by: me)
            var changes = ModelChanges()
            changes.name = .set("one")
            #expect(await conflicts { _ = try await storage.create(.demo("one"), by: me) })
            #expect(await conflicts { _ = try await storage.update(two.id, changes, by: me) })
            changes.name = .set("two")
            changes.provider = .set("x")
            #expect(try await storage.update(two.id, changes, by: me).name == "two")

            _ = try await storage.create(name: "A", key: "", by: me)
            let second = try await storage.create(name: "B", key: "", by: me)
            #expect(await conflicts { _ = try await storage.create(name: "A", key: "", by: me) })
            #expect(await conflicts { _ = try await storage.update(second.id, name: .set("A"), key: .keep, by: me) })
        }
    }

    @Test("a deleted model takes its rights along, and its records keep its name")
    func deleteModel() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let model = try await storage.create(.demo(), by: me)
            let key = try await storage.create(.sample(), by: me)
            _ = try await storage.grant(model.id, to: .key(key.id), by: me)
            try await storage.spend(.zero, key, fixture, request: "r")
            try await storage.delete(model.id, by: me)
            #expect(try storage.model(named: "demo") == nil)
            #expect(try await storage.rights(of: .key(key.id)) == [])
            #expect(try storage.mayUse(model, key: key.id, group: nil) == nil)
            #expect(try await storage.threads(ThreadFilter(), page: PageRequest()).items.map(\.call.model) == ["demo"])
            await #expect(throws: StorageError.notFound("model")) { try await storage.delete(model.id, by: me) }
            #expect(try await storage.create(.demo(), by: me).id != model.id)
        }
    }

    @Test("a group with keys is deleted only when told so, and its keys stay")
    func deleteGroup() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let group = try await storage.create(name: "Team", key: "t", by: me)
            var new = NewKey.sample()
            new.groupID = group.id
            let key = try await storage.create(new, by: me)
            let model = try await storage.create(.demo(), by: me)
            _ = try await storage.grant(model.id, to: .group(group.id), by: me)
            #expect(try await storage.group(group.id)?.keyCount == 1)
            await #expect {
                try await storage.delete(group.id, detachingKeys: false, by: me)
            } throws: { error in
                guard case .conflict("id", let message) = error as? StorageError else { return false }
                return message.contains("1 key") && message.contains("force")
            }
            try await storage.delete(group.id, detachingKeys: true, by: me)
            #expect(try await storage.group(group.id) == nil)
            #expect(try storage.key(key.id, fixture)?.groupID == nil)
            #expect(try fixture.inspect("SELECT COUNT(*) FROM model_rights") { $0.int() } == [0])
        }
    }

    @Test("rights come from the key or its group, once each")
    func rights() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let group = try await storage.create(name: "Team", key: "", by: me)
            let key = try await storage.create(.sample("Ada"), by: me)
            let own = try await storage.create(.demo("own", config: ["x": 1]), by: me)
            let shared = try await storage.create(.demo("shared"), by: me)
            _ = try await storage.create(.demo("neither"), by: me)
            #expect(try await storage.grant(own.id, to: .key(key.id), by: me))
            #expect(try await !storage.grant(own.id, to: .key(key.id), by: me))
            #expect(try await storage.grant(shared.id, to: .group(group.id), by: me))

            #expect(try storage.mayUse(own, key: key.id, group: nil) == true)
            #expect(try storage.mayUse(shared, key: key.id, group: nil) == false)
            #expect(try storage.mayUse(shared, key: key.id, group: group.id) == true)
            #expect(try storage.mayUse(shared, key: KeyID(rawValue: 99), group: group.id) == true)
            #expect(try storage.mayUse(own, key: KeyID(rawValue: 99), group: group.id) == false)
            #expect(try await storage.models(usableBy: key.id, group: group.id) == [own, shared])
            #expect(try await storage.models(usableBy: key.id, group: nil) == [own])

            let listed = try await storage.rights(of: .group(group.id))
            #expect(listed.map(\.holderName) == ["Team"])
            #expect(listed.map(\.modelName) == ["shared"])
            #expect(listed.map(\.provider) == ["echo"])

            #expect(try await storage.revoke(own.id, from: .key(key.id), by: me))
            #expect(try await !storage.revoke(own.id, from: .key(key.id), by: me))
            #expect(try storage.mayUse(own, key: key.id, group: group.id) == false)
            let missing = ModelID(rawValue: 99)
            await #expect(throws: StorageError.unknownReference(field: "model_id")) {
                _ = try await storage.grant(missing, to: .key(key.id), by: me)
            }
            await #expect(throws: StorageError.unknownReference(field: "key_id")) {
                _ = try await storage.grant(own.id, to: .key(KeyID(rawValue: 99)), by: me)
            }
            await #expect(throws: StorageError.unknownReference(field: "group_id")) {
                _ = try await storage.grant(own.id, to: .group(GroupID(rawValue: 99)), by: me)
            }
        }
    }
}

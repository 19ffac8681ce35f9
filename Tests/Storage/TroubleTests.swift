import Core
import EventLoop
import Glibc
import TestSupport
import Testing

@testable import Storage

@Suite("Trouble with the file", .timeLimit(.minutes(1)))
struct TroubleTests {
    private static func isUnavailable(_ body: @LoopActor () async throws -> Void) async -> Bool {
        do { try await body() } catch {
            if case .unavailable = error as? StorageError { return true }
        }
        return false
    }

    /// Expects every way into the storage to say that it is not available.
    @LoopActor
    private static func expectAllUnavailable(_ storage: SQLiteStorage, _ key: KeyRecord, _ fixture: Fixture) async {
        #expect(await isUnavailable { _ = try storage.key(key.id, fixture) })
        #expect(await isUnavailable { _ = try storage.model(named: "demo") })
        #expect(await isUnavailable { _ = try storage.hold(key.id, dollars("1"), fixture) })
        #expect(await isUnavailable { try await storage.spend(.zero, key, fixture, request: "lost") })
        #expect(await isUnavailable { _ = try await storage.threads(ThreadFilter(), page: PageRequest()) })
        #expect(await isUnavailable { try await storage.check() })
    }

    @Test("makes everything unavailable while the database is gone, and ends when it is back")
    func movedAway() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            try await storage.check()
            rename(fixture.database, fixture.database + ".away")
            await Self.expectAllUnavailable(storage, key, fixture)
            rename(fixture.database + ".away", fixture.database)
            try await storage.check()
            try await storage.spend(dollars("1"), key, fixture, request: "r")
            #expect(try storage.key(key.id, fixture)?.monthFee == dollars("1"))
        }
    }

    @Test("goes on with a database that takes the place of another")
    func replaced() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let key = try await storage.create(.sample("Old"), by: me)
            _ = try await storage.create(.demo(config: ["which": "old"]), by: me)
            #expect(try storage.model(named: "demo")?.config["which"] == "old")
            let second = fixture.folder.file("second.db")
            let other = try SQLiteStorage.open(
                path: second, secretKeyPath: fixture.secretKey, clock: fixture.clock)
            _ = try await other.create(.sample("New"), by: me)
            _ = try await other.create(.demo(config: ["which": "new"]), by: me)
            await other.close()

            for suffix in ["-wal", "-shm", ""] { unlink(fixture.database + suffix) }
            await Self.expectAllUnavailable(storage, key, fixture)
            rename(second, fixture.database)
            #expect(try storage.key(key.id, fixture)?.name == "New")
            #expect(try storage.model(named: "demo")?.config["which"] == "new")
            try await storage.spend(dollars("1"), key, fixture, request: "r")
            #expect(try await storage.threads(ThreadFilter(), page: PageRequest()).total == 1)
        }
    }

    @Test("is reported when what stands there is no database, and ends with it")
    func garbage() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            rename(fixture.database, fixture.database + ".away")
            _ = try SmallFile.create(fixture.database, Array(repeating: UInt8(ascii: "x"), count: 8192))
            await Self.expectAllUnavailable(storage, key, fixture)
            rename(fixture.database + ".away", fixture.database)
            try await storage.check()
        }
    }

    @Test("includes a newer schema, which is neither read nor written")
    func newerSchema() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let second = fixture.folder.file("second.db")
            try Migrator.migrate(path: second)
            try Connection(path: second, for: .maintenance).execute(script: "UPDATE schema_version SET version = 99")
            rename(fixture.database, fixture.database + ".away")
            rename(second, fixture.database)
            await Self.expectAllUnavailable(storage, key, fixture)
        }
    }

    @Test("ends by itself when a full disk has room again")
    func fullDisk() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            // SQLite's own limit gives the same SQLITE_FULL as the disk.
            let pages = try fixture.inspect("PRAGMA page_count") { $0.int() }.first ?? 0
            for lane in [Writer.Lane.durable, .unsynced] {
                try await storage.write(lane) { connection throws(Failure) in
                    try connection.execute(script: "PRAGMA max_page_count = \(pages + 1)")
                }
            }
            let text = String(repeating: "x", count: 100_000)
            #expect(
                await Self.isUnavailable {
                    try await storage.spend(dollars("1"), key, fixture, request: "r") { $0.prompt = text }
                })
            #expect(try storage.key(key.id, fixture)?.monthFee == .zero)
            try await storage.write { connection throws(Failure) in
                try connection.execute(script: "PRAGMA max_page_count = 1000000")
            }
            try await storage.spend(dollars("1"), key, fixture, request: "r") { $0.prompt = text }
            #expect(try storage.key(key.id, fixture)?.monthFee == dollars("1"))
        }
    }

    @Test("does not come from a lock file that someone removed")
    func lockFileRemoved() async throws {
        try await withStorage { storage, fixture in
            let other = try fixture.open()
            let key = try await storage.create(.sample(quota: nil), by: fixture.operatorOfTests)
            try await other.check()
            unlink(fixture.database + ".lock")
            _ = try await concurrently(100) { index in
                try await [storage, other][index % 2].spend(dollars("0.01"), key, fixture, request: "r\(index)")
            }
            await other.close()
            #expect(try storage.key(key.id, fixture)?.monthFee == dollars("1"))
        }
    }
}

import Core
import EventLoop
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Storage

@Suite("Restoring", .timeLimit(.minutes(1)))
struct RestorationTests {
    private let source: Fixture
    private let target = Fixture()
    private let file: String

    init() throws {
        source = try BackupTests.filled()
        file = source.folder.file("backup.db")
        _ = try Backup.make(of: source.database, to: file, replacing: false, secretKey: source.secretKey)
    }

    @Test("keeps the database that was there, with what was only in its log")
    func keepsOld() throws {
        try Migrator.migrate(path: target.database)
        let reader = try Connection(path: target.database, for: .scan)
        _ = try Schema.version(in: reader)
        // The log stays, because this connection is still open.
        try target.change("INSERT INTO key_groups VALUES (1, 'late', 'l', 0, 0)")
        #expect(try FileIdentity(path: target.database + "-wal").size > 0)
        let done = try restore(file, target, bringsSecretKey: true)
        withExtendedLifetime(reader) {}

        let kept = target.database + ".before-restore-20261121T080000Z"
        #expect(done.kept == kept)
        #expect(try target.inspect("SELECT name FROM models") { $0.text() } == ["m"])
        #expect(try target.inspect("SELECT COUNT(*) FROM key_groups") { $0.int() } == [0])
        let groups = try Connection(path: kept, for: .scan).all(text: "SELECT name FROM key_groups", []) { $0.text() }
        #expect(groups == ["late"])
        #expect(try FileIdentity(path: target.database).mode == 0o600)
        #expect(try target.inspect("PRAGMA journal_mode") { $0.text() } == ["wal"])
    }

    @Test("leaves no log, shared memory or holds of the old database for the new one")
    func stale() throws {
        let names = ["-wal", "-shm", "-journal", ".holds-2", ".holds-3"]
        for name in names { _ = try SmallFile.create(target.database + name, Array("stale".utf8)) }
        _ = try restore(file, target)
        #expect(names.filter { BackupFiles.exists(target.database + $0) } == [])
        #expect(try target.inspect("SELECT name FROM models") { $0.text() } == ["m"])
    }

    @Test("refuses while a process of another version has the database open")
    func inUseByAnotherVersion() throws {
        try Migrator.migrate(path: target.database)
        let layout = SharedFile.Layout(stamp: 0xffff, commonWords: 8, blocks: 4, blockWords: 8)
        let worker = try SharedFile(path: SharedHolds.path(of: target.database), layout: layout)
        #expect(throws: BackupError.inUse(database: target.database, processes: 1)) { try restore(file, target) }
        withExtendedLifetime(worker) {}
    }

    @Test(
        "refuses while a process has the database open, unless it is forced; then that process goes over to the new file"
    )
    func inUse() async throws {
        let (target, file, source) = (target, file, source)
        try await onLoop {
            try FileManager.default.copyItem(atPath: source.secretKey, toPath: target.secretKey)
            let storage = try target.open()
            let key = try await storage.create(.sample(), by: target.operatorOfTests)
            let before = try listing(target.folder.path)
            #expect(throws: BackupError.inUse(database: target.database, processes: 1)) { try restore(file, target) }
            #expect(try listing(target.folder.path) == before)
            #expect(try storage.key(key.id, target) != nil)

            _ = try restore(file, target, evenInUse: true)
            #expect(try storage.key(key.id, target) == nil)
            _ = try await storage.create(.sample("New"), by: target.operatorOfTests)
            await storage.close()
            #expect(try target.inspect("SELECT name FROM api_keys") { $0.text() } == ["New"])
            #expect(try target.inspect("PRAGMA integrity_check") { $0.text() } == ["ok"])
        }
    }

    @Test("refuses a file that is not the one that was backed up, and touches nothing")
    func checksum() throws {
        let whole = try readAll(file)
        let found = try FileDigest.sha256(of: file)
        try damage(file, from: 5000)
        #expect {
            try restore(file, target)
        } throws: {
            guard case BackupError.wrongChecksum(file, found, _) = $0 else { return false }
            return true
        }
        truncate(file, off_t(whole.count / 2))
        #expect {
            try restore(file, target)
        } throws: {
            guard case BackupError.wrongChecksum(file, found, _) = $0 else { return false }
            return true
        }
        for text in ["", "no checksum", String(repeating: "g", count: 64)] {
            unlink(file + ".sha256")
            _ = try SmallFile.create(file + ".sha256", Array(text.utf8))
            #expect(throws: BackupError.noChecksum(path: file)) { try restore(file, target) }
        }
        unlink(file + ".sha256")
        #expect(throws: BackupError.noChecksum(path: file)) { try restore(file, target) }
        unlink(file)
        #expect(throws: BackupError.missing(path: file)) { try restore(file, target) }
        #expect(try listing(target.folder.path) == [])
    }

    @Test("refuses a damaged or cut database also when its checksum is right", arguments: [true, false])
    func damaged(isCut: Bool) throws {
        let size = try readAll(file).count
        if isCut { truncate(file, off_t(size - 4096 * 3)) } else { try damage(file, from: 4096 * 4) }
        try seal(file)
        #expect {
            try restore(file, target)
        } throws: {
            guard case BackupError.damaged(file, _) = $0 else { return false }
            return true
        }
        #expect(try listing(target.folder.path) == [])
    }

    @Test("refuses what is no database of brook's")
    func foreign() throws {
        let other = target.folder.file("other.db")
        try Connection(path: other, for: .maintenance).execute(script: "CREATE TABLE notes (text TEXT)")
        _ = try SmallFile.create(target.folder.file("text.db"), Array(repeating: UInt8(ascii: "x"), count: 8192))
        for path in [other, target.folder.file("text.db")] {
            try seal(path)
            #expect(throws: BackupError.foreign(path: path)) { try restore(path, target) }
        }
        #expect(!BackupFiles.exists(target.database))
    }

    @Test("refuses a newer schema with the remedy")
    func newer() throws {
        try Connection(path: file, for: .maintenance).execute(script: "UPDATE schema_version SET version = 99")
        try seal(file)
        let expected = BackupError.newerSchema(path: file, found: 99, supported: Schema.current)
        #expect(throws: expected) { try restore(file, target) }
        #expect(try listing(target.folder.path) == [])
    }

    @Test("brings an older schema to this program's")
    func older() throws {
        let old = try MigrationCopyTests.version1()
        let file = old.folder.file("old.db")
        _ = try Backup.make(of: old.database, to: file, replacing: false, secretKey: nil)
        let done = try restore(file, target)
        #expect(done.schemaBefore == 1)
        #expect(done.schema == Schema.current)
        #expect(try LedgerVerification.run(database: target.database).differences == [])
        #expect(try target.inspect("SELECT name FROM key_groups") { $0.text() } == ["old"])
        #expect(!BackupFiles.exists(Migrator.copyPath(of: target.database)), "the backup itself is the copy")
    }

    @Test("tells whether the key file opens the secrets also when only a webhook has one")
    func webhookSecretKey() async throws {
        let webhooks = Fixture()
        try await onLoop {
            let storage = try webhooks.open()
            _ = try await storage.createWebhook(name: "w", config: ["appSecret": "s"], by: webhooks.operatorOfTests)
            await storage.close()
        }
        let file = webhooks.folder.file("backup.db")
        _ = try Backup.make(of: webhooks.database, to: file, replacing: false, secretKey: webhooks.secretKey)
        #expect(try restore(file, target).secretKeys == .missing)
        let other = Fixture()
        _ = try SecretKeyFile.load(other.secretKey, database: other.database, hasSecrets: false)
        #expect(try restore(file, other).secretKeys == .different)
    }

    @Test("tells whether the key file opens the secrets, and brings the one that was kept with the backup")
    func secretKey() throws {
        #expect(try restore(file, target).secretKeys == .missing)
        target.clock.advance(seconds: 1)
        #expect(try restore(file, target, bringsSecretKey: true).secretKeys == .fit)
        #expect(try readAll(target.secretKey) == readAll(source.secretKey))
        #expect(try FileIdentity(path: target.secretKey).mode == 0o600)

        let other = Fixture()
        let box = try SecretKeyFile.load(other.secretKey, database: other.database, hasSecrets: false)
        #expect(throws: BackupError.differentSecretKey(path: other.secretKey, restored: file + ".secret.key")) {
            try restore(file, other, bringsSecretKey: true)
        }
        #expect(try listing(other.folder.path) == ["secret.key"])
        #expect(try restore(file, other).secretKeys == .different)
        #expect(try SecretKeyFile.load(other.secretKey, database: "", hasSecrets: true).keyID == box.keyID)
    }
}

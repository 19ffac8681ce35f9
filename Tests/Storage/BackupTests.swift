import Core
import Glibc
import TestSupport
import Testing

@testable import Storage

@Suite("A backup", .timeLimit(.minutes(1)))
struct BackupTests {
    @Test("made while calls are settled is one state of the ledger, and restores to it")
    func roundTrip() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(
                .sample(quota: dollars("0.001"), balance: dollars("5")), by: fixture.operatorOfTests)
            let source = fixture.database
            let folder = fixture.folder.path
            var made: [Backup] = []
            for round in 0..<10 {
                let backup = Task.detached {
                    try Backup.make(of: source, to: "\(folder)/b\(round)", replacing: false, secretKey: nil)
                }
                _ = try await concurrently(40) { index in
                    try await storage.spend(
                        dollars("0.0001"), key, fixture, request: "r\(round)-\(index)",
                        session: SessionReference(key: "s", title: "Title"))
                }
                made.append(try await backup.value)
            }
            for (round, made) in made.enumerated() {
                let target = Fixture()
                let done = try restore(made.file, target)
                let now = Schema.current
                #expect(done == Restoration(schemaBefore: now, schema: now, kept: nil, secretKeys: .fit))
                let found = try LedgerVerification.run(database: target.database)
                #expect(found.differences == [])
                #expect(found.keys == 1)
                #expect((40 * round...40 * (round + 1)).contains(found.threads))
            }
        }
    }

    @Test("is one file of its owner's, with a checksum that sha256sum reads, and nothing else beside it")
    func files() throws {
        let fixture = try Self.filled()
        let folder = TemporaryDirectory()
        let made = try Backup.make(
            of: fixture.database, to: folder.file("a.db"), replacing: false, secretKey: fixture.secretKey)
        #expect(made.secretKey == folder.file("a.db.secret.key"))
        #expect(try listing(folder.path) == ["a.db", "a.db.secret.key", "a.db.sha256"])
        for name in try listing(folder.path) {
            #expect(try FileIdentity(path: folder.file(name)).mode == 0o600, "\(name)")
        }
        let line = String(decoding: try readAll(made.file + ".sha256"), as: UTF8.self)
        #expect(line == "\(made.sha256)  a.db\n")
        #expect(try readAll(made.file + ".secret.key") == readAll(fixture.secretKey))
        #expect(made.bytes == (try readAll(made.file)).count)
        #expect(try readAll(made.file)[18...19] == [1, 1], "a rollback journal, so that it opens without other files")
    }

    @Test("replaces nothing unless it is told to, and never the database itself")
    func existing() throws {
        let fixture = try Self.filled()
        let file = fixture.folder.file("a.db")
        for name in [file, file + ".sha256"] {
            _ = try SmallFile.create(name, Array("mine".utf8))
            #expect(throws: BackupError.exists(path: name)) {
                try Backup.make(of: fixture.database, to: file, replacing: false, secretKey: nil)
            }
            #expect(try readAll(name) == Array("mine".utf8))
            unlink(name)
        }
        _ = try SmallFile.create(file, Array("mine".utf8))
        _ = try SmallFile.create(file + ".sha256", Array("mine".utf8))
        let made = try Backup.make(of: fixture.database, to: file, replacing: true, secretKey: nil)
        #expect(try FileDigest.sha256(of: file) == made.sha256)
        #expect(BackupFiles(database: file).expectedDigest() == made.sha256)
        #expect(throws: BackupError.isDatabase(path: fixture.database)) {
            try Backup.make(of: fixture.database, to: fixture.database, replacing: true, secretKey: nil)
        }
        #expect(try LedgerVerification.run(database: fixture.database).differences == [])
    }

    @Test("that cannot be made leaves nothing behind")
    func failures() throws {
        let fixture = try Self.filled()
        let folder = TemporaryDirectory()
        let file = folder.file("a.db")
        let missing = fixture.folder.file("none.db")
        #expect(throws: BackupError.missing(path: missing)) {
            try Backup.make(of: missing, to: file, replacing: false, secretKey: nil)
        }
        #expect {
            try Backup.make(of: fixture.database, to: file, replacing: false, secretKey: missing)
        } throws: {
            guard case BackupError.file(missing, _) = $0 else { return false }
            return true
        }
        try damage(fixture.database, from: 8192)
        #expect {
            try Backup.make(of: fixture.database, to: file, replacing: false, secretKey: nil)
        } throws: {
            guard case BackupError.damaged(fixture.database, _) = $0 else { return false }
            return true
        }
        #expect(try listing(folder.path) == [])
    }

    /// A closed database with a key and a sealed secret.
    static func filled() throws -> Fixture {
        let fixture = Fixture()
        try Migrator.migrate(path: fixture.database)
        let box = try SecretKeyFile.load(fixture.secretKey, database: fixture.database, hasSecrets: false)
        try fixture.change(
            """
            INSERT INTO models (name, provider, config, config_key, is_multimodal, price_in, price_out, version,
                created_at, updated_at) VALUES ('m', 'echo', x'00', '\(box.keyID)', 0, 0, 0, 1, 0, 0);
            """)
        return fixture
    }
}

import Core
import Glibc
import TestSupport
import Testing

@testable import Storage

@Suite("Before a migration", .timeLimit(.minutes(1)))
struct MigrationCopyTests {
    @Test("the database is copied as it was, and only when there is something to migrate")
    func copy() throws {
        let fixture = try Self.version1()
        let copy = fixture.database + ".before-schema-\(Schema.current)"
        #expect(try Migrator.migrate(path: fixture.database) == .init(before: 1, after: Schema.current))
        #expect(try fixture.inspect("SELECT name FROM key_groups") { $0.text() } == ["old"])
        let kept = try Connection(path: copy, for: .inspection)
        #expect(try Schema.version(in: kept) == 1)
        #expect(try kept.all(text: "SELECT name FROM key_groups", []) { $0.text() } == ["old"])
        #expect(try kept.all(text: "SELECT COUNT(*) FROM holds", []) { $0.int() } == [0])
        #expect(try FileIdentity(path: copy).mode == 0o600)

        unlink(copy)
        try Migrator.migrate(path: fixture.database)
        try Migrator.migrate(path: fixture.folder.file("new.db"))
        #expect(try listing(fixture.folder.path).filter { $0.contains("schema") || $0.contains("partial") } == [])
    }

    @Test("a copy of an earlier attempt gives way to that of this one")
    func earlierCopy() throws {
        let fixture = try Self.version1()
        let copy = Migrator.copyPath(of: fixture.database)
        _ = try SmallFile.create(copy, Array("earlier".utf8))
        try Migrator.migrate(path: fixture.database)
        #expect(try Schema.version(in: Connection(path: copy, for: .inspection)) == 1)
    }

    @Test("a copy that cannot be kept leaves the database as it is")
    func noCopy() throws {
        let fixture = try Self.version1()
        let copy = Migrator.copyPath(of: fixture.database)
        mkdir(copy, 0o700)
        #expect {
            try Migrator.migrate(path: fixture.database)
        } throws: {
            guard case StorageOpenError.noCopy(fixture.database, copy, _) = $0 else { return false }
            return true
        }
        #expect(try fixture.inspect("SELECT version FROM schema_version") { $0.int() } == [1])
        #expect(try listing(fixture.folder.path).filter { $0.contains("partial") } == [])
    }

    @Test("a step that fails leaves the database as it was, and the copy beside it")
    func failingStep() throws {
        let fixture = try Self.version1()
        // What the second of the step's statements needs is not there.
        try fixture.change("ALTER TABLE api_keys DROP COLUMN held")
        #expect(throws: StorageOpenError.self) { try Migrator.migrate(path: fixture.database) }
        #expect(try fixture.inspect("SELECT version FROM schema_version") { $0.int() } == [1])
        #expect(try fixture.inspect("SELECT COUNT(*) FROM holds") { $0.int() } == [0], "the first was taken back")
        #expect(BackupFiles.exists(Migrator.copyPath(of: fixture.database)))
    }

    /// A database as the first version made it, with a group.
    static func version1() throws -> Fixture {
        let fixture = Fixture()
        try fixture.change("PRAGMA journal_mode = WAL")
        try fixture.change(
            Schema.version1 + """
                INSERT INTO schema_version VALUES (1);
                INSERT INTO key_groups VALUES (1, 'old', 'o', 0, 0);
                """)
        return fixture
    }
}

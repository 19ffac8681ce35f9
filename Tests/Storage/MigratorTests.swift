import Core
import EventLoop
import Glibc
import TestSupport
import Testing

@testable import Storage

@Suite("The schema", .timeLimit(.minutes(1)))
struct MigratorTests {
    private let fixture = Fixture()

    @Test("is made in an empty place, readable to its owner only, and left alone the second time")
    func fromEmpty() throws {
        let first = try Migrator.migrate(path: fixture.database)
        let second = try Migrator.migrate(path: fixture.database)
        #expect(first == Migrator.Outcome(before: 0, after: Schema.current))
        #expect(second == Migrator.Outcome(before: Schema.current, after: Schema.current))
        #expect(try FileIdentity(path: fixture.database).mode == 0o600)
        #expect(try FileIdentity(path: fixture.database + ".lock").mode == 0o600)
        #expect(try fixture.inspect("PRAGMA journal_mode") { $0.text() } == ["wal"])
        #expect(try fixture.inspect("SELECT COUNT(*) FROM schema_version") { $0.int() } == [1])
    }

    @Test("holds only STRICT tables whose references are sound")
    func strictTables() throws {
        try Migrator.migrate(path: fixture.database)
        let loose = try fixture.inspect(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%'"
        ) { $0.text() }
        #expect(loose == [])
        #expect(try fixture.inspect("PRAGMA integrity_check") { $0.text() } == ["ok"])
    }

    @Test("is made once when many start together")
    func together() async throws {
        let pool = HelperPool(name: "starters", threads: 8)
        let path = fixture.database
        let key = fixture.secretKey
        let outcomes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await pool.run { () throws(StorageOpenError) in
                        let outcome = try Migrator.migrate(path: path)
                        _ = try SQLiteStorage.open(path: path, secretKeyPath: key)
                        return outcome.before
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == 0 } == 1)
        #expect(outcomes.count { $0 == Schema.current } == 7)
    }

    @Test("of a newer program is refused with the remedy, and not touched")
    func newer() throws {
        try Migrator.migrate(path: fixture.database)
        try fixture.change("UPDATE schema_version SET version = 99")
        let expected = StorageOpenError.newerSchema(path: fixture.database, found: 99, supported: Schema.current)
        #expect(throws: expected) { try Migrator.migrate(path: fixture.database) }
        #expect(throws: expected) { try fixture.open() }
        #expect(expected.description.contains(fixture.database))
        #expect(try fixture.inspect("SELECT version FROM schema_version") { $0.int() } == [99])
    }

    @Test("of another program's database is refused")
    func foreign() throws {
        try fixture.change("CREATE TABLE notes (text TEXT)")
        #expect(throws: StorageOpenError.notADatabase(path: fixture.database)) {
            try Migrator.migrate(path: fixture.database)
        }
    }

    @Test("of something that is no database is refused")
    func garbage() throws {
        _ = try SmallFile.create(fixture.database, Array(repeating: UInt8(ascii: "x"), count: 8192))
        #expect(throws: StorageOpenError.notADatabase(path: fixture.database)) { try fixture.open() }
    }

    @Test("needs a folder, and says which")
    func missingFolder() throws {
        let path = fixture.folder.file("not-there/brook.db")
        let folder = fixture.folder.file("not-there")
        #expect(throws: StorageOpenError.missingFolder(database: path, folder: folder)) {
            try Migrator.migrate(path: path)
        }
        #expect("\(StorageOpenError.missingFolder(database: path, folder: folder))".contains(folder))
    }

    @Test("needs a path that is a file")
    func folderAtPath() throws {
        mkdir(fixture.database, 0o700)
        #expect {
            try Migrator.migrate(path: fixture.database)
        } throws: { error in
            guard case .notWritable(fixture.database, _) = error as? StorageOpenError else { return false }
            return true
        }
    }

    @Test("is left as it was when a step fails")
    func failingStep() throws {
        let connection = try Connection(path: fixture.database, for: .maintenance)
        #expect(throws: Failure.self) {
            try connection.transaction(.write) { () throws(Failure) in
                try Schema.complete(connection, from: 0)
                try connection.execute(script: "CREATE TABLE models (id INTEGER) STRICT")
            }
        }
        #expect(try Schema.version(in: connection) == nil)
        #expect(try Migrator.migrate(path: fixture.database).before == 0)
    }
}

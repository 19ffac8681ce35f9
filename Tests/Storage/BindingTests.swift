import Core
import TestSupport
import Testing

@testable import Storage

@Suite("The SQLite binding")
struct BindingTests {
    private let fixture = Fixture()

    private func connection() throws -> Connection {
        let connection = try Connection(path: fixture.database, for: .maintenance)
        try connection.execute(script: "CREATE TABLE t (i INTEGER, s TEXT, b BLOB) STRICT")
        return connection
    }

    private static let insert = SQL("INSERT INTO t (i, s, b) VALUES (?, ?, ?)")
    private static let select = SQL("SELECT i, s, b FROM t")
    private static let count = SQL("SELECT COUNT(*) FROM t")

    struct Values: Equatable, Sendable {
        var integer: Int64?
        var text: String?
        var blob: [UInt8]
    }

    static let values = [
        Values(integer: 0, text: "", blob: []),
        Values(integer: .max, text: "héllo 世界 👩‍👩‍👧", blob: [0, 255, 1]),
        Values(integer: .min, text: "a\0b", blob: [UInt8](repeating: 9, count: 100_000)),
        Values(integer: nil, text: nil, blob: [1]),
        Values(integer: -1, text: String(repeating: "x", count: 1 << 20), blob: [1]),
        Values(integer: 1, text: "'; DROP TABLE t; --", blob: [1]),
    ]

    @Test("gives back what was bound, byte for byte", arguments: values)
    func roundTrip(_ values: Values) throws {
        let connection = try connection()
        try connection.execute(Self.insert, values.integer, values.text, values.blob)
        let found = try connection.all(Self.select) { row in
            Values(integer: row.optionalInteger(), text: row.optionalText(), blob: row.blob())
        }
        #expect(found == [values])
    }

    @Test("reports an extended code and never a value")
    func errors() throws {
        let connection = try connection()
        try connection.execute(script: "CREATE UNIQUE INDEX u ON t (s)")
        try connection.execute(Self.insert, 1, "the secret text", [1])
        #expect {
            try connection.execute(Self.insert, 1, "the secret text", [1])
        } throws: { error in
            guard case .engine(let error) = error as? Failure else { return false }
            return error.code == 2067 && error.primaryCode == 19 && error.message == "UNIQUE constraint failed: t.s"
                && !error.description.contains("secret")
        }
        #expect {
            try connection.execute(Self.insert, "no number", "other secret", [1])
        } throws: { error in
            guard case .engine(let error) = error as? Failure else { return false }
            return error.code == 3091 && !error.description.contains("secret")
                && !error.description.contains("no number")
        }
        #expect(!connection.isBroken)
    }

    @Test("keeps apart statements whose texts come and go")
    func identities() throws {
        let connection = try connection()
        for number in 0..<200 {
            #expect(try connection.first(SQL("SELECT \(number)")) { $0.int() } == number)
        }
    }

    @Test("takes back a failed transaction, and a failed job alone")
    func transactions() throws {
        let connection = try connection()
        #expect(throws: Failure.unavailable("x")) {
            try connection.transaction(.write) { () throws(Failure) in
                try connection.execute(Self.insert, 1, "a", [])
                throw .unavailable("x")
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try connection.first(Self.count) { $0.int() } == 0)
        try connection.transaction(.write) { () throws(Failure) in
            let failure = try connection.isolated { () throws(Failure) in
                try connection.execute(Self.insert, 1, "a", [])
                throw .refused(.notFound("key"))
            }
            #expect(failure == .refused(.notFound("key")))
            #expect(
                try connection.isolated { () throws(Failure) in try connection.execute(Self.insert, 2, "b", []) } == nil
            )
        }
        #expect(try connection.all(Self.select) { $0.integer() } == [2])
    }

    @Test("opens for look-ups what cannot be written through them, and makes no file")
    func readOnly() throws {
        #expect(throws: Failure.self) { try Connection(path: fixture.database, for: .lookup) }
        _ = try connection()
        for purpose in [Connection.Purpose.lookup, .scan] {
            let reader = try Connection(path: fixture.database, for: purpose)
            #expect(throws: Failure.self) { try reader.execute(Self.insert, 1, "a", []) }
        }
    }

    @Test("sets every connection up for safety", arguments: [Connection.Purpose.lookup, .scan, .writes])
    func settings(_ purpose: Connection.Purpose) throws {
        _ = try connection()
        let connection = try Connection(path: fixture.database, for: purpose)
        func pragma(_ name: String) throws -> Int? { try connection.all(text: "PRAGMA \(name)", []) { $0.int() }.first }
        #expect(try pragma("foreign_keys") == 1)
        #expect(try pragma("trusted_schema") == 0)
        #expect(try pragma("synchronous") == (purpose == .writes ? 1 : 2))
        #expect(try pragma("busy_timeout") == (purpose == .lookup ? 100 : 5000))
        #expect(try pragma("wal_autocheckpoint") == 0)
        #expect(throws: Failure.self) {
            try connection.execute(script: "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema")
        }
    }
}

import Core
import EventLoop
import Glibc
import TestSupport
import Testing

@testable import Storage

@Suite("Secrets at rest", .timeLimit(.minutes(1)))
struct SecretTests {
    private static let secret = "AKIA-very-secret-access-key-0123456789"
    private static let config: JSONObject = [
        "region": "eu-central-1", "credentials": [["secretAccessKey": .string(secret)]],
    ]

    @Test("stand nowhere in clear text: not in the database, its log or the audit")
    func notInFiles() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let model = try await storage.create(.demo(config: Self.config), by: me)
            var changes = ModelChanges()
            changes.config = .set(["apiKey": .string(Self.secret + "-2"), "baseURL": "http://x"])
            let changed = try await storage.update(model.id, changes, by: me)
            #expect(changed.config["apiKey"] == .string(Self.secret + "-2"))
            for file in [fixture.database, fixture.database + "-wal"] {
                let bytes = try readAll(file)
                #expect(!bytes.isEmpty)
                #expect(!String(decoding: bytes, as: UTF8.self).contains(Self.secret))
            }
            let audit = try fixture.inspect("SELECT changes FROM audit") { $0.text() }
            #expect(audit.last == #"{"config":"changed"}"#)
        }
    }

    @Test("open only where they were sealed")
    func bound() throws {
        let box = SecretBox(key: [UInt8](repeating: 7, count: 32))
        let place = SecretBox.Place(table: "models", row: 1, column: "config")
        let sealed = try box.seal(Array("text".utf8), at: place)
        #expect(try box.open(sealed, at: place) == Array("text".utf8))
        #expect(try box.seal(Array("text".utf8), at: place) != sealed, "a nonce was used twice")
        #expect(throws: Failure.self) {
            try box.open(sealed, at: SecretBox.Place(table: "models", row: 2, column: "config"))
        }
        #expect(throws: Failure.self) {
            try box.open(sealed, at: SecretBox.Place(table: "hooks", row: 1, column: "config"))
        }
        for index in sealed.bytes.indices {
            var bytes = sealed.bytes
            bytes[index] ^= 1
            #expect(throws: Failure.self) {
                try box.open(SecretBox.Sealed(keyID: sealed.keyID, bytes: bytes), at: place)
            }
        }
        #expect(throws: Failure.self) { try box.open(SecretBox.Sealed(keyID: box.keyID, bytes: []), at: place) }
        #expect(throws: Failure.self) { try SecretBox(key: [UInt8](repeating: 8, count: 32)).open(sealed, at: place) }
    }

    @Test("moved to another row make that model unavailable, not wrong")
    func movedRow() async throws {
        try await withStorage { storage, fixture in
            _ = try await storage.create(.demo("one", config: ["apiKey": "first"]), by: fixture.operatorOfTests)
            _ = try await storage.create(.demo("two", config: ["apiKey": "second"]), by: fixture.operatorOfTests)
            try fixture.change("UPDATE models SET config = (SELECT config FROM models WHERE name = 'one')")
            #expect(try storage.model(named: "one")?.config == ["apiKey": "first"])
            #expect(throws: StorageError.self) { try storage.model(named: "two") }
        }
    }

    @Test("have a key file that only its owner reads, made once")
    func keyFile() throws {
        let fixture = Fixture()
        _ = try fixture.open()
        let first = try readAll(fixture.secretKey)
        _ = try fixture.open()
        #expect(try readAll(fixture.secretKey) == first)
        #expect(first.count == 65)
        #expect(try FileIdentity(path: fixture.secretKey).mode == 0o600)
    }

    @Test("refuse a key file that others may read, naming it and the remedy")
    func looseMode() throws {
        let fixture = Fixture()
        _ = try fixture.open()
        chmod(fixture.secretKey, 0o640)
        let expected = StorageOpenError.secretKeyMode(path: fixture.secretKey, mode: "0640")
        #expect(throws: expected) { try fixture.open() }
        #expect(expected.description.contains("chmod 600 '\(fixture.secretKey)'"))
    }

    @Test("refuse a key file that is missing, another one, or damaged")
    func wrongKeys() async throws {
        let fixture = Fixture()
        try await onLoop {
            let storage = try fixture.open()
            _ = try await storage.create(.demo(), by: fixture.operatorOfTests)
            await storage.close()
        }
        let path = fixture.secretKey
        let original = try readAll(path)
        unlink(path)
        #expect(throws: StorageOpenError.secretKeyMissing(path: path, database: fixture.database)) {
            try fixture.open()
        }
        #expect(throws: SystemCallError.self) { try FileIdentity(path: path) }

        _ = try SmallFile.create(path, Array(String(repeating: "ab", count: 32).utf8))
        #expect(throws: StorageOpenError.secretKeyMismatch(path: path, database: fixture.database)) {
            try fixture.open()
        }
        for damaged in ["", "xyz", String(repeating: "a", count: 63), String(repeating: "g", count: 64)] {
            unlink(path)
            _ = try SmallFile.create(path, Array(damaged.utf8))
            #expect(throws: StorageOpenError.secretKeyMalformed(path: path)) { try fixture.open() }
        }
        unlink(path)
        _ = try SmallFile.create(path, original)
        _ = try fixture.open()
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct AuthenticationTests {
    @Test(
        "A key is found in either header, whatever the case of the scheme",
        arguments: [
            ("Authorization", "Bearer KEY", 200), ("authorization", "bearer KEY", 200),
            ("Authorization", "BEARER   KEY ", 200), ("x-api-key", "KEY", 200), ("X-Api-Key", " KEY ", 200),
            ("Authorization", "KEY", 401), ("Authorization", "Basic KEY", 401), ("Authorization", "Bearer", 401),
            ("Authorization", "Bearer KEY extra", 401), ("Authorization", "Bearer KEYx", 401), ("x-api-key", "", 401),
            ("Cookie", "key=KEY", 401),
        ])
    func headers(name: String, value: String, status: Int) async throws {
        try await onLoop {
            let world = try await World()
            let key = World.Caller.user.key ?? ""
            let exchange = RecordedExchange(
                "GET", "/v1/models", headers: [name: value.replacing("KEY", with: key)])
            await world.router.handle(exchange)
            #expect(exchange.status == status, "\(exchange.text)")
        }
    }

    @Test("A key in the query is not looked at")
    func query() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/v1/models?key=\(World.Caller.user.key ?? "")", as: .nobody)
            #expect(answer.status == 401)
        }
    }

    @Test(
        "The message tells a missing key from a wrong one and from one that is not in force",
        arguments: [
            (World.Caller.nobody, "No API key given."), (.garbage, "Incorrect API key."),
            (.deleted, "Incorrect API key."), (.disabled, "is disabled"), (.expired, "has expired"),
        ])
    func messages(caller: World.Caller, expected: String) async throws {
        try await onLoop {
            let world = try await World()
            for path in ["/v1/models", "/admin/api-key/list"] {
                let answer = await world.send("GET", path, as: caller)
                #expect(answer.status == 401)
                #expect(answer.text.contains(expected), "\(answer.text)")
                #expect(answer.header("WWW-Authenticate") == "Bearer realm=\"brook\"")
            }
            #expect(world.metrics.value(.refusedKey) == 2)
            #expect(world.log.lines.isEmpty)
        }
    }

    @Test(
        "A text that no key can have is refused without a look-up",
        arguments: [String(repeating: "k", count: 257), "br-ü", "br-\u{7f}", "br-\u{0}x"])
    func malformed(text: String) async throws {
        try await onLoop {
            let world = try await World()
            world.storage.failure = .unavailable("must not be asked")
            let exchange = RecordedExchange("GET", "/v1/models", headers: ["x-api-key": text])
            await world.router.handle(exchange)
            #expect(exchange.status == 401)
        }
    }

    @Test("Storage that cannot be read answers 503, never 401, and says nothing of the cause")
    func storageDown() async throws {
        try await onLoop {
            let world = try await World()
            world.storage.failure = .unavailable("disk I/O error (10)")
            for path in ["/v1/models", "/admin/api-key/list"] {
                let answer = await world.send("GET", path, as: .user)
                #expect(answer.status == 503)
                #expect(answer.text.contains("storage_unavailable"))
                #expect(!answer.text.contains("disk"))
                #expect(answer.header("Retry-After") == "1")
            }
            #expect(world.log.lines.count == 2)
            #expect(world.log.lines[0].contains("cause=disk I/O error (10)"))
            #expect(world.log.lines[0].contains("request_id=req-test"))
            #expect(!world.log.lines.joined().contains(World.Caller.user.key ?? "?"))
            #expect(world.metrics.value(.storageErrors) == 2)
        }
    }

    @Test("A key expires at its moment, not after it")
    func expiry() async throws {
        try await onLoop {
            let world = try await World()
            world.storage.keys[World.user]?.expiresAt = world.clock.now.adding(seconds: 60)
            #expect(await world.send("GET", "/v1/models", as: .user).status == 200)
            world.clock.advance(seconds: 60)
            #expect(await world.send("GET", "/v1/models", as: .user).status == 401)
        }
    }

    @Test("Generated keys have 43 characters of base62 behind br-, differ, and use the whole alphabet")
    func generation() {
        var seen: Set<String> = []
        var characters: [Character: Int] = [:]
        for _ in 0..<2000 {
            let key = APIKey.generate().text
            #expect(key.hasPrefix("br-") && key.count == 46)
            seen.insert(key)
            for character in key.dropFirst(3) { characters[character, default: 0] += 1 }
        }
        #expect(seen.count == 2000)
        #expect(characters.count == 62)
        // 86,000 draws: 1,387 expected of each; 7 standard deviations are 260.
        #expect(characters.values.allSatisfy { abs($0 - 1387) < 260 })
        #expect(characters.keys.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }

    @Test("A key is stored as SHA-256 and shown by its ends only")
    func hashAndMask() {
        let key = APIKey("br-abcdefghijklmnopqrstuvwxyz")
        #expect(key?.masked == "br-abc…wxyz")
        #expect(APIKey("short")?.masked == "…")
        #expect(APIKey("br_operator")?.masked == "br_…")
        // sha256sum of the three bytes "abc", from FIPS 180-4's example.
        let hash = APIKey("abc")?.hash.bytes.map { String($0, radix: 16) }.prefix(4).joined(separator: " ")
        #expect(hash == "ba 78 16 bf")
        #expect(APIKey("") == nil)
    }
}

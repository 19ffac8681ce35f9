import Core
import Testing

@testable import Providers

@Suite("The registry of providers")
struct ProviderRegistryTests {
    private let registry = ProviderRegistry([EchoProvider(), SecretiveProvider()])

    @Test("An unknown name is answered with the known ones")
    func unknown() {
        let error = #expect(throws: GatewayError.self) { try registry.provider(named: "nope") }
        #expect(error?.status == 400)
        #expect(error?.param == "provider")
        #expect(error?.message.contains("echo, secretive") == true)
        #expect(registry.find("nope") == nil)
    }

    @Test("Descriptions hold the provider's fields and those that the gateway reads")
    func descriptions() throws {
        let echo = try #require(registry.descriptions.first)
        #expect(echo.name == "echo")
        let names = [
            "reply", "chunks", "interval_ms", "first_ms", "allowOverride", "fallbacks", "maxRetries", "maxTokens",
        ]
        #expect(echo.fields.map(\.name) == names)
        #expect(echo.json.object?["fields"]?.array?.first?.object?["type"] == "string")
    }

    @Test(
        "A configuration is checked by member",
        arguments: [
            (["colour": "red"], "config.colour"), (["chunks": "many"], "config.chunks"),
            (["chunks": 0], "config.chunks"), (["interval_ms": -1], "config.interval_ms"),
            (["maxTokens": 0], "config.maxTokens"), (["fallbacks": ["a", 1]], "config.fallbacks[1]"),
            (["allowOverride": "yes"], "config.allowOverride"),
        ] as [(JSONObject, String)])
    func check(_ config: JSONObject, _ param: String) {
        let error = #expect(throws: GatewayError.self) { try registry.check(config, provider: "echo") }
        #expect(error?.param == param)
        #expect(error?.message.hasPrefix(param) == true)
    }

    @Test("Null counts as absence, and gateway members are not the provider's business")
    func accepted() throws {
        try registry.check(
            ["reply": nil, "allowOverride": true, "fallbacks": ["b"], "maxTokens": 5], provider: "echo")
        try registry.check(["token": "x", "fallbacks": []], provider: "secretive")
    }

    @Test("Secrets are masked whole, at any depth, and other members are shown")
    func masked() {
        let config: JSONObject = [
            "token": "sk-0123456789abcdef", "region": "us-east-1",
            "list": [["id": "AKIA0123456789ABCDEF", "short": "hunter2", "n": 1]], "maxTokens": 7,
        ]
        let expected: JSONObject = [
            "token": "sk-0****", "region": "us-east-1", "list": [["id": "AKIA****", "short": "****", "n": 1]],
            "maxTokens": 7,
        ]
        #expect(registry.masked(config, provider: "secretive") == expected)
        #expect(registry.masked(["a": "0123456789abcdefg"], provider: "forgotten") == ["a": "0123****"])
    }

    @Test("A masked value keeps what is stored; anything else replaces it")
    func merged() throws {
        let old: JSONObject = [
            "token": "sk-0123456789abcdef", "list": [["id": "one-0123456789abcdef"], ["id": "two-0123456789abcdef"]],
        ]
        let same = try registry.merged(registry.masked(old, provider: "secretive"), over: old, provider: "secretive")
        #expect(same == old)
        let changed = try registry.merged(["token": "new", "region": "eu"], over: old, provider: "secretive")
        #expect(changed == ["token": "new", "region": "eu"])
        let removed = try registry.merged(["list": [["id": "two-****"]]], over: old, provider: "secretive")
        #expect(removed == ["list": [["id": "two-0123456789abcdef"]]])
        let edited = try registry.merged(
            ["list": [["id": "one-****", "region": "eu"]]], over: old, provider: "secretive")
        #expect(edited == ["list": [["id": "one-0123456789abcdef", "region": "eu"]]])
    }

    @Test("A mask that stands for nothing stored is refused, so that it is never saved as a secret")
    func orphanedMask() {
        for (config, param) in [
            (["token": "abcd****"], "config.token"), (["list": [["id": "****"]]], "config.list[0].id"),
        ] as [(JSONObject, String)] {
            let error = #expect(throws: GatewayError.self) {
                try registry.merged(config, over: ["token": "sk-0123456789abcdef"], provider: "secretive")
            }
            #expect(error?.param == param)
        }
    }

    @Test("Naming an upstream model replaces the provider's own id")
    func overriding() {
        let config: JSONObject = ["modelId": "a", "baseModelId": "b", "token": "t"]
        let expected: JSONObject = ["modelId": "c", "token": "t"]
        #expect(registry.overriding(config, upstream: "c", provider: "secretive") == expected)
        #expect(registry.overriding([:], upstream: "c", provider: "echo") == nil)
    }
}

private struct SecretiveProvider: ChatProvider {
    nonisolated var name: String { "secretive" }
    nonisolated var summary: String { "For tests." }
    nonisolated var fields: [ConfigField] {
        [
            ConfigField("token", .string, secret: true, "t"), ConfigField("list", .array, secret: true, "l"),
            ConfigField("region", .string, "r"), ConfigField("modelId", .string, "m"),
        ]
    }

    nonisolated func check(_ config: JSONObject) throws(GatewayError) {
        if config["fallbacks"] != nil { throw .invalid("fallbacks are not mine") }
    }

    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream {
        throw .upstream("For tests.")
    }
}

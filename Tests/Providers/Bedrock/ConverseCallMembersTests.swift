import Core
import Testing

@testable import Providers

@Suite struct ConverseCallMembersTests {
    private func body(
        config: JSONObject = [:], messages: [ChatMessage] = [.user("x")], model: String = ConverseEncoding.claude45,
        _ change: (inout ChatRequest) -> Void = { _ in }
    ) throws -> JSONObject {
        try ConverseEncoding.body(messages, model: model, config: config, change: change)
    }

    @Test("Labels of a call are fitted to what the service takes, sixteen at most (P10)")
    func p10RequestMetadata() throws {
        let body = try body {
            $0.user = "Ünal <a@b.c>"
            $0.metadata = [
                "team": "x/y", "number": 3, "long": .string(String(repeating: "é", count: 300)), "": "z", "a(b": "1",
            ]
        }
        let labels = try #require(body["requestMetadata"]?.object)
        #expect(labels["user"] == "_nal _a@b.c_")
        #expect(labels["team"] == "x/y")
        #expect(labels["number"] == nil)
        #expect(labels["long"]?.string?.count == 256)
        #expect(labels["a_b"] == "1")
        #expect(labels.count == 4)
        let many = try self.body { request in
            request.metadata = JSONObject((0..<40).map { ("k\($0)", "v") })
        }
        #expect(many["requestMetadata"]?.object?.count == 16)
        #expect(try self.body()["requestMetadata"] == nil)
    }

    @Test("A tier goes along if the operator allows it; auto is the service's own choice (P11)")
    func p11ServiceTier() throws {
        #expect(try body { $0.serviceTier = "flex" }["serviceTier"] == ["type": "flex"])
        #expect(try body { $0.serviceTier = "default" }["serviceTier"] == ["type": "default"])
        #expect(try body { $0.serviceTier = "auto" }["serviceTier"] == nil)
        let dear: JSONObject = ["serviceTiers": ["priority"]]
        #expect(try body(config: dear) { $0.serviceTier = "priority" }["serviceTier"] == ["type": "priority"])
        let error = try ConverseEncoding.error([.user("x")]) { $0.serviceTier = "priority" }
        #expect(error.param == "service_tier")
        #expect(error.message.contains("auto, default, flex"))
        #expect(throws: GatewayError.self) { try BedrockConfig(["modelId": "m", "serviceTiers": ["fast"]]) }
    }

    private static let guardrail: JSONObject = [
        "guardrailIdentifier": "gr1", "guardrailVersion": "1", "trace": "enabled", "streamProcessingMode": "async",
    ]

    @Test("A guardrail goes along, its stream mode only with a stream (P12)")
    func p12Guardrail() throws {
        let config: JSONObject = ["guardrail": .object(Self.guardrail)]
        #expect(try body(config: config) { $0.isStream = true }["guardrailConfig"] == .object(Self.guardrail))
        #expect(try body(config: config).at("guardrailConfig", "streamProcessingMode") == nil)
    }

    @Test("A request may bring a guardrail where the operator set none, and not replace one (P12)")
    func p12GuardrailOfARequest() throws {
        let own: (inout ChatRequest) -> Void = { $0.openAIBody = ["guardrailConfig": .object(Self.guardrail)] }
        #expect(try body(own).at("guardrailConfig", "guardrailIdentifier") == "gr1")
        let config: JSONObject = ["guardrail": ["guardrailIdentifier": "gr2", "guardrailVersion": "DRAFT"]]
        let error = try ConverseEncoding.error([.user("x")], config: config, change: own)
        #expect(error.param == "guardrailConfig")
        #expect(!error.message.contains("gr2"))
        let broken = try ConverseEncoding.error([.user("x")]) {
            $0.openAIBody = ["guardrailConfig": ["guardrailIdentifier": "Not One", "guardrailVersion": "1"]]
        }
        #expect(broken.param == "guardrailConfig.guardrailIdentifier")
    }

    @Test("If asked, only the last user turn's text is guarded (P12)")
    func p12GuardsTheLastTurn() throws {
        var guardrail = Self.guardrail
        guardrail["guards"] = "last"
        let body = try body(
            config: ["guardrail": .object(guardrail)], messages: [.user("a"), .assistant("b"), .user("c")])
        #expect(body.at("messages", 0, "content") == [["text": "a"]])
        #expect(body.at("messages", 2, "content") == [["guardContent": ["text": ["text": "c"]]]])
        #expect(body.at("guardrailConfig", "guards") == nil)
    }

    @Test(
        "What is no guardrail is refused by member",
        arguments: [
            (["guardrailVersion": "1"], "guardrailIdentifier"), (["guardrailIdentifier": "gr1"], "guardrailVersion"),
            (["guardrailIdentifier": "gr1", "guardrailVersion": "01"], "guardrailVersion"),
            (["guardrailIdentifier": "gr1", "guardrailVersion": "1", "guards": "some"], "guards"),
            (["guardrailIdentifier": "arn:aws:s3:::x", "guardrailVersion": "1"], "guardrailIdentifier"),
        ] as [(JSONObject, String)])
    func badGuardrail(guardrail: JSONObject, member: String) throws {
        let error = #expect(throws: GatewayError.self) {
            try BedrockConfig(["modelId": "m", "guardrail": .object(guardrail)])
        }
        #expect(error?.param == "config.guardrail.\(member)")
    }

    @Test("The stable part of a prompt is cached where the client marks nothing itself (C3)")
    func c3AutomaticCachePoints() throws {
        let config: JSONObject = ["promptCache": "1h"]
        let messages: [ChatMessage] = [.system("s"), .user("a"), .assistant("b"), .user("c")]
        let body = try body(config: config, messages: messages)
        let point: JSONValue = ["cachePoint": ["type": "default", "ttl": "1h"]]
        #expect(body["system"] == [["text": "s"], point])
        #expect(body.at("messages", 0, "content") == [["text": "a"]])
        #expect(body.at("messages", 1, "content") == [["text": "b"], point])
        #expect(body.at("messages", 2, "content") == [["text": "c"]])
        let longer = try self.body(config: config, messages: messages + [.assistant("d"), .user("e")])
        #expect(longer["system"] == body["system"])
        #expect(longer.at("messages", 1, "content") == [["text": "b"]])
        let marked = ChatMessage(.user, [ContentPart(.text("a"), cacheControl: ["type": "ephemeral"])])
        let own = try self.body(config: config, messages: [.system("s"), marked])
        #expect(own["system"] == [["text": "s"]])
        let tools = try self.body(config: config, messages: messages) {
            $0.tools = [ToolDefinition(name: "f", cacheControl: ["type": "ephemeral"])]
        }
        #expect(tools["system"] == [["text": "s"]], "an hour must not follow the five minutes of the client's own mark")
        let llama = try self.body(config: config, messages: messages, model: ConverseEncoding.llama)
        #expect(llama["system"] == [["text": "s"]])
    }

    @Test("Marks of tools become points in the list of tools, but not for Nova (C2)")
    func c2CachePointsOfTools() throws {
        let change: (inout ChatRequest) -> Void = {
            $0.tools = [ToolDefinition(name: "f", cacheControl: ["type": "ephemeral"])]
        }
        #expect(try body(change).at("toolConfig", "tools", 1) == ["cachePoint": ["type": "default"]])
        let nova = try body(model: "us.amazon.nova-pro-v1:0", change)
        #expect(nova.at("toolConfig", "tools")?.array?.count == 1)
    }
}

import Core
import Testing

@testable import Providers

@Suite struct BedrockConfigTests {
    private func refusal(_ config: JSONObject) throws -> GatewayError {
        try #require(#expect(throws: GatewayError.self) { _ = try BedrockConfig(config) })
    }

    @Test("A model id alone is a configuration")
    func minimal() throws {
        let config = try BedrockConfig(["modelId": "somevalue"])
        #expect(config.modelID == "somevalue")
        #expect(config.region == nil)
        #expect(config.authorization == nil)
        #expect(config.deadlines == Deadlines())
        #expect(config.identity.capabilities == ModelCatalog.unknown)
    }

    @Test("Every member is read")
    func everything() throws {
        let config = try BedrockConfig([
            "modelId": "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x",
            "regions": ["us-west-2", "us-east-1"],
            "credentials": [
                ["accessKeyId": "a", "secretAccessKey": "b", "sessionToken": "c"],
                ["accessKeyId": "d", "secretAccessKey": "e"],
            ],
            "endpoint": "http://127.0.0.1:8080/prefix//", "maxTokens": 100,
            "timeouts": ["connect_ms": 1, "first_byte_ms": 2, "idle_ms": 3, "total_ms": 4],
            "additionalModelRequestFields": ["a": 1], "baseModelId": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "guardrail": ["guardrailIdentifier": "g", "guardrailVersion": "1"], "fallbacks": ["x"],
            "allowOverride": true,
        ])
        #expect(config.region == "us-west-2")
        #expect(
            config.authorization
                == .signature(AWSCredentials(accessKeyID: "a", secretAccessKey: "b", sessionToken: "c")))
        #expect(config.endpoint == "http://127.0.0.1:8080/prefix")
        #expect(config.maxTokens == 100)
        #expect(
            config.deadlines
                == Deadlines(
                    connect: .milliseconds(1), firstByte: .milliseconds(2), idle: .milliseconds(3),
                    total: .milliseconds(4)))
        #expect(config.identity.capabilities.sampling == .one)
    }

    @Test(
        "What is wrong is named",
        arguments: [
            ("config.modelId", [:]), ("config.modelId", ["modelId": ""]), ("config.modelId", ["modelId": 3]),
            ("config.modelId", ["modelId": "a b"]), ("config.modelID", ["modelId": "a", "modelID": "a"]),
            ("config.region", ["modelId": "a", "region": "evil.com/"]),
            ("config.regions[1]", ["modelId": "a", "regions": ["us-east-1", "US"]]),
            ("config.regions", ["modelId": "a", "regions": []]),
            ("config.regions", ["modelId": "a", "region": "us-east-1", "regions": ["us-east-1"]]),
            ("config.credentials", ["modelId": "a", "credentials": ["accessKeyId": "x"]]),
            ("config.credentials[0]", ["modelId": "a", "credentials": ["x"]]),
            ("config.credentials[0].secretAccessKey", ["modelId": "a", "credentials": [["accessKeyId": "x"]]]),
            (
                "config.credentials[0].secret",
                ["modelId": "a", "credentials": [["accessKeyId": "x", "secretAccessKey": "y", "secret": "z"]]]
            ),
            (
                "config.bearerToken",
                [
                    "modelId": "a", "bearerToken": "t",
                    "credentials": [["accessKeyId": "x", "secretAccessKey": "y"]],
                ]
            ),
            ("config.bearerToken", ["modelId": "a", "bearerToken": "a\r\nX: y"]),
            ("config.endpoint", ["modelId": "a", "endpoint": "ftp://x"]),
            ("config.endpoint", ["modelId": "a", "endpoint": "https://"]),
            ("config.endpoint", ["modelId": "a", "endpoint": "https://user@host"]),
            ("config.endpoint", ["modelId": "a", "endpoint": "https://host?x"]),
            ("config.maxTokens", ["modelId": "a", "maxTokens": 0]),
            ("config.maxTokens", ["modelId": "a", "maxTokens": "many"]),
            ("config.timeouts.idle_ms", ["modelId": "a", "timeouts": ["idle_ms": -1]]),
            ("config.timeouts.idle", ["modelId": "a", "timeouts": ["idle": 1]]),
            ("config.additionalModelRequestFields", ["modelId": "a", "additionalModelRequestFields": "x"]),
            ("config.guardrail.guardrailVersion", ["modelId": "a", "guardrail": ["guardrailIdentifier": "g"]]),
        ] as [(String, JSONObject)])
    func wrong(param: String, config: JSONObject) throws {
        let error = try refusal(config)
        #expect(error.status == 400)
        #expect(error.param == param)
        #expect(error.message.contains(param))
    }

    @Test("An unknown member's refusal lists the known ones")
    func listed() throws {
        let error = try refusal(["modelId": "a", "model": "b"])
        for field in BedrockConfig.fields { #expect(error.message.contains(field.name)) }
    }

    @Test("Refusals never repeat secrets")
    func quiet() throws {
        let error = try refusal(["modelId": "a", "bearerToken": "hush hush"])
        #expect(!error.message.contains("hush"))
    }

    @Test(
        "The foundation model is found behind profiles and ARNs (P3)",
        arguments: [
            ("anthropic.claude-v2:1", "anthropic.claude-v2:1", nil),
            ("us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", nil),
            ("us-gov.a.b", "a.b", nil), ("global.a.b", "a.b", nil), ("xx.a.b", "xx.a.b", nil),
            ("arn:aws:bedrock:us-east-1::foundation-model/a.b-v1:0", "a.b-v1:0", "us-east-1"),
            ("arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.a.b-v1:0", "a.b-v1:0", "eu-west-3"),
            ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc", nil, "us-east-1"),
            ("arn:aws", "arn:aws", nil),
        ] as [(String, String?, String?)])
    func identity(id: String, model: String?, region: String?) {
        let identity = ModelIdentity(id, base: nil)
        #expect(identity.foundationModel == model)
        #expect(identity.region == region)
        #expect(ModelIdentity(id, base: "eu.x.y").foundationModel == "x.y")
    }

    @Test("The longest row of the catalogue counts, and no row is there twice")
    func catalogue() {
        #expect(ModelCatalog.capabilities(of: "anthropic.claude-opus-4-6-v1").prefill == false)
        #expect(ModelCatalog.capabilities(of: "anthropic.claude-opus-4-20250514-v1:0").prefill)
        #expect(ModelCatalog.capabilities(of: "openai.gpt-oss-20b-1:0").stopSequences)
        #expect(!ModelCatalog.capabilities(of: "openai.gpt-5").stopSequences)
        #expect(Set(ModelCatalog.rows.map(\.prefix)).count == ModelCatalog.rows.count)
    }
}

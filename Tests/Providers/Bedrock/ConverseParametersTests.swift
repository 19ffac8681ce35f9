import Core
import Testing

@testable import Providers

@Suite struct ConverseParametersTests {
    private func inference(
        _ model: String = ConverseEncoding.claude, config: JSONObject = [:], maxTokens: Int? = nil,
        _ change: (inout ChatRequest) -> Void = { _ in }
    ) throws -> JSONObject {
        try ConverseEncoding.body([.user("x")], model: model, config: config, maxTokens: maxTokens, change: change)
    }

    @Test("The target's limit wins over the client's, and that over the model's; none is none (P1)")
    func maxTokens() throws {
        let body = try inference(config: ["maxTokens": 9], maxTokens: 5) { $0.maxTokens = 7 }
        #expect(body.at("inferenceConfig", "maxTokens") == 5)
        #expect(try inference(config: ["maxTokens": 9]) { $0.maxTokens = 7 }.at("inferenceConfig", "maxTokens") == 7)
        #expect(try inference(config: ["maxTokens": 9]).at("inferenceConfig", "maxTokens") == 9)
        #expect(try inference()["inferenceConfig"] == nil)
        #expect(try inference("openai.gpt-oss-120b-1:0", maxTokens: 3).at("inferenceConfig", "maxTokens") == 16)
        #expect(try ConverseEncoding.error([.user("x")]) { $0.maxTokens = 0 }.param == "max_tokens")
    }

    @Test(
        "Temperature keeps its digits within 0 to 1, zero included, and is clamped beyond (P2)",
        arguments: [
            ("0", "0"), ("0.0", "0.0"), ("0.70", "0.70"), ("1", "1"), ("1.0001", "1"), ("2", "1"), ("-0.5", "0"),
        ])
    func temperature(given: String, sent: String) throws {
        let body = try inference { $0.temperature = JSONNumber(unchecked: given) }
        #expect(body.at("inferenceConfig", "temperature")?.text == sent)
    }

    @Test(
        "Of temperature and top_p a model gets what it takes (P3)",
        arguments: [
            (ConverseEncoding.claude, true, true), ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", true, false),
            ("anthropic.claude-opus-4-7-v1", false, false), ("openai.gpt-5-1", false, false),
            ("anthropic.claude-next-1", false, false),
        ])
    func sampling(model: String, temperature: Bool, topP: Bool) throws {
        let body = try inference(model) {
            $0.temperature = JSONNumber(unchecked: "0.5")
            $0.topP = JSONNumber(unchecked: "0.9")
        }
        #expect((body.at("inferenceConfig", "temperature") != nil) == temperature)
        #expect((body.at("inferenceConfig", "topP") != nil) == topP)
        if temperature {
            let alone = try inference(model) { $0.topP = JSONNumber(unchecked: "0.9") }
            #expect(alone.at("inferenceConfig", "topP")?.text == "0.9")
        }
    }

    @Test("Empty stop strings are dropped; models without stop sequences get none (P4)")
    func stop() throws {
        let body = try inference { $0.stop = ["", "END", "\n"] }
        #expect(body.at("inferenceConfig", "stopSequences") == ["END", "\n"])
        #expect(try inference { $0.stop = [""] }["inferenceConfig"] == nil)
        #expect(try inference("xai.grok-4") { $0.stop = ["END"] }["inferenceConfig"] == nil)
    }

    @Test("top_k is spelled as the vendor spells it; the operator's own members stay (P5)")
    func topK() throws {
        let config: JSONObject = ["additionalModelRequestFields": ["anthropic_beta": ["x"]]]
        let claude = try inference(config: config) { $0.topK = 40 }
        #expect(claude["additionalModelRequestFields"] == ["anthropic_beta": ["x"], "top_k": 40])
        let nova = try inference("eu.amazon.nova-pro-v1:0") { $0.topK = 20 }
        #expect(nova["additionalModelRequestFields"] == ["inferenceConfig": ["topK": 20]])
        #expect(try inference(ConverseEncoding.llama) { $0.topK = 20 }["additionalModelRequestFields"] == nil)
    }
}

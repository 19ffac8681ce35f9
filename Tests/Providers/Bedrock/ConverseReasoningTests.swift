import Core
import Testing

@testable import Providers

@Suite struct ConverseReasoningTests {
    private static let nova2 = "us.amazon.nova-2-lite-v1:0"

    private func body(
        _ model: String, config: JSONObject = [:], maxTokens: Int? = nil, messages: [ChatMessage] = [.user("x")],
        _ change: (inout ChatRequest) -> Void
    ) throws -> JSONObject {
        try ConverseEncoding.body(messages, model: model, config: config, maxTokens: maxTokens, change: change)
    }

    @Test(
        "An effort becomes a budget of 1,024 at least that leaves room for the answer (P6)",
        arguments: [
            ("minimal", nil, 1024, 5120), ("low", nil, 2048, 6144), ("high", nil, 16384, 20480),
            ("max", nil, 32000, 36096), ("high", 4000, 3200, 4000), ("high", 1100, 1024, 1100),
        ] as [(String, Int?, Int, Int)])
    func p6EffortAsBudget(effort: String, limit: Int?, budget: Int, maxTokens: Int) throws {
        let body = try body(ConverseEncoding.claude37, maxTokens: limit) { $0.reasoningEffort = effort }
        #expect(
            body["additionalModelRequestFields"] == ["thinking": ["type": "enabled", "budget_tokens": .int(budget)]])
        #expect(body.at("inferenceConfig", "maxTokens") == .int(maxTokens))
        #expect(body["additionalModelResponseFieldPaths"] == ["/usage/output_tokens_details"])
    }

    @Test("A limit without room for the least budget, and effort none, mean no thinking (P6)")
    func p6NoRoomNoThinking() throws {
        let small = try body(ConverseEncoding.claude37, maxTokens: 1024) { $0.reasoningEffort = "high" }
        #expect(small["additionalModelRequestFields"] == nil)
        #expect(small.at("inferenceConfig", "maxTokens") == 1024)
        for model in [ConverseEncoding.claude37, ConverseEncoding.claude46, Self.nova2, "openai.gpt-oss-20b-1:0"] {
            let none = try body(model) { $0.reasoningEffort = "none" }
            #expect(none["additionalModelRequestFields"] == nil)
        }
    }

    @Test("A client's own budget is kept within the limit; a broken one is refused by name (P6)")
    func p6OwnBudget() throws {
        func budget(_ tokens: JSONValue, limit: Int?) throws -> JSONValue? {
            try body(ConverseEncoding.claude37, maxTokens: limit) {
                $0.thinking = ["type": "enabled", "budget_tokens": tokens]
            }.at("additionalModelRequestFields", "thinking", "budget_tokens")
        }
        #expect(try budget(5000, limit: 6000) == 5000)
        #expect(try budget(5000, limit: 5000) == 4999)
        #expect(try budget(10, limit: nil) == 1024)
        let error = try ConverseEncoding.error([.user("x")], model: ConverseEncoding.claude37) {
            $0.thinking = ["type": "enabled", "budget_tokens": "many"]
        }
        #expect(error.param == "thinking.budget_tokens")
        let disabled = try body(ConverseEncoding.claude37) {
            $0.thinking = ["type": "disabled"]
            $0.reasoningEffort = "high"
        }
        #expect(disabled["additionalModelRequestFields"] == nil)
    }

    @Test("A model that no row knows gets thinking as the client wrote it, with a budget that can stand (P6)")
    func p6AsSent() throws {
        func thinking(_ thinking: JSONObject, limit: Int?) throws -> JSONValue? {
            try body("some.new-model", maxTokens: limit) { $0.thinking = thinking }
                .at("additionalModelRequestFields", "thinking")
        }
        #expect(try thinking(["type": "adaptive", "x": 1], limit: 5) == ["type": "adaptive", "x": 1])
        #expect(
            try thinking(["type": "enabled", "budget_tokens": 4000], limit: 3000)
                == ["type": "enabled", "budget_tokens": 2999])
        #expect(try thinking(["type": "disabled"], limit: nil) == nil)
        let error = try ConverseEncoding.error([.user("x")], model: "some.new-model") {
            $0.thinking = ["type": "enabled", "budget_tokens": "x"]
        }
        #expect(error.param == "thinking.budget_tokens")
    }

    @Test(
        "Newer models think by their own measure, with the strongest effort they know that is not above (P6)",
        arguments: [
            ("low", ConverseEncoding.claude46, "low"), ("minimal", ConverseEncoding.claude46, "low"),
            ("xhigh", ConverseEncoding.claude46, "high"), ("max", ConverseEncoding.claude46, "max"),
            ("max", "anthropic.claude-sonnet-4-6", "high"), ("xhigh", "anthropic.claude-opus-4-8", "xhigh"),
        ])
    func p6Adaptive(effort: String, model: String, expected: String) throws {
        let body = try body(model, config: ["additionalModelRequestFields": ["output_config": ["x": 1]]]) {
            $0.reasoningEffort = effort
        }
        #expect(
            body["additionalModelRequestFields"] == [
                "output_config": ["x": 1, "effort": .string(expected)], "thinking": ["type": "adaptive"],
            ])
        #expect(body["inferenceConfig"] == nil)
    }

    @Test("A budget for a model that measures itself becomes its own way of thinking (P6)")
    func p6BudgetForAdaptive() throws {
        let body = try body(ConverseEncoding.claude46) { $0.thinking = ["type": "enabled", "budget_tokens": 2048] }
        #expect(body["additionalModelRequestFields"] == ["thinking": ["type": "adaptive"]])
    }

    @Test("Nova's highest effort goes without limit and sampling, and gives way to a limit (P6)")
    func p6Nova() throws {
        func request(_ effort: String, limit: Int?) throws -> JSONObject {
            try body(Self.nova2, maxTokens: limit) {
                $0.reasoningEffort = effort
                $0.temperature = JSONNumber(unchecked: "0.2")
            }
        }
        let word = ["additionalModelRequestFields", "reasoningConfig", "maxReasoningEffort"]
        let high = try request("max", limit: nil)
        #expect(high.at(word[0], word[1], word[2]) == "high")
        #expect(high["inferenceConfig"] == nil)
        #expect(try request("high", limit: 64000)["inferenceConfig"] == nil)
        let limited = try request("high", limit: 500)
        #expect(limited.at(word[0], word[1], word[2]) == "medium")
        #expect(limited["inferenceConfig"]?.text == #"{"maxTokens":500,"temperature":0.2}"#)
    }

    @Test(
        "Models that take a plain word get it under the name they know; others get none (P6)",
        arguments: [
            ("openai.gpt-oss-120b-1:0", #"{"reasoning_effort":"low"}"#),
            ("deepseek.v3-v1:0", #"{"reasoning_config":"low"}"#), ("us.deepseek.r1-v1:0", "nil"),
            (ConverseEncoding.llama, "nil"), ("some.new-model", "nil"),
        ])
    func p6Words(model: String, expected: String) throws {
        let body = try body(model) { $0.reasoningEffort = "minimal" }
        #expect((body["additionalModelRequestFields"]?.text ?? "nil") == expected)
    }

    @Test("An unknown effort is refused by name where there is one, and ignored elsewhere (P6)")
    func p6UnknownEffort() throws {
        let error = try ConverseEncoding.error([.user("x")], model: ConverseEncoding.claude46) {
            $0.reasoningEffort = "huge"
        }
        #expect(error.param == "reasoning_effort")
        #expect(error.message.contains("xhigh"))
        _ = try body(ConverseEncoding.llama) { $0.reasoningEffort = "huge" }
    }

    @Test(
        "Thinking goes without what it excludes: sampling, top_k, a forced call, a begun answer (P7)",
        arguments: [ConverseEncoding.claude37, ConverseEncoding.claude46, "some.new-model"])
    func p7Exclusions(model: String) throws {
        let body = try body(model, messages: [.user("x"), .assistant("So:")]) {
            $0.thinking = ["type": "enabled", "budget_tokens": 2048]
            $0.temperature = JSONNumber(unchecked: "0.3")
            $0.topP = JSONNumber(unchecked: "0.9")
            $0.topK = 3
            $0.tools = [ToolDefinition(name: "f")]
            $0.toolChoice = .required
        }
        #expect(body["additionalModelRequestFields"]?.object?.members.map(\.name) == ["thinking"])
        #expect(body.at("inferenceConfig", "temperature") == nil)
        #expect(body.at("inferenceConfig", "topP") == nil)
        #expect(body.at("toolConfig", "toolChoice") == nil)
        #expect(body.at("messages", 2, "role") == "user")
    }

    @Test("A budget is off where the history's calls lost their reasoning; a model's own measure is not (P8)")
    func p8UnreasonedHistory() throws {
        let messages: [ChatMessage] = [.user("x"), .calls(("a", "f", "{}")), .result("a")]
        let budget = try body(ConverseEncoding.claude37, messages: messages) { $0.reasoningEffort = "high" }
        #expect(budget["additionalModelRequestFields"] == nil)
        let own = try body(ConverseEncoding.claude46, messages: messages) { $0.reasoningEffort = "high" }
        #expect(own.at("additionalModelRequestFields", "thinking", "type") == "adaptive")
    }

    @Test("Signed reasoning goes back before the calls it led to, and thinking stays on (P8, R3)")
    func p8ReasonedHistory() throws {
        let thought = ContentPart(.reasoning(.thinking(text: "hm", signature: "sig")))
        let use = ContentPart(.toolUse(ToolUse(id: "a", name: "f", arguments: "")))
        let messages: [ChatMessage] = [.user("x"), ChatMessage(.assistant, [use, thought]), .result("a")]
        let body = try body(ConverseEncoding.claude37, messages: messages) { $0.reasoningEffort = "low" }
        #expect(body.at("messages", 1, "content", 0, "reasoningContent", "reasoningText", "signature") == "sig")
        #expect(body.at("additionalModelRequestFields", "thinking", "type") == "enabled")
        let plain = try ConverseEncoding.body(messages, model: ConverseEncoding.llama)
        #expect(plain.at("messages", 1, "content")?.array?.count == 1)
    }

    @Test("Hidden reasoning that is no base64 is refused by place")
    func brokenRedacted() throws {
        let part = ContentPart(.reasoning(.redacted(data: "?")))
        let error = try ConverseEncoding.error(
            [.user("x"), ChatMessage(.assistant, [part])], model: ConverseEncoding.claude37)
        #expect(error.param == "messages[1].content[0]")
    }
}

import Core
import Testing

@testable import Providers

@Suite("Calls in another dialect, as Anthropic's API gets them")
struct AnthropicTranslationTests {
    private static func body(
        _ messages: [ChatMessage], maxTokens: Int? = nil, edit: (inout ChatRequest) -> Void = { _ in }
    ) throws -> JSONObject {
        var request = ChatRequest(model: "m", messages: messages)
        edit(&request)
        let encoder = AnthropicRequestEncoder(model: "up", maxTokens: maxTokens, isCount: false)
        return try #require(JSONParser.parse(try encoder.encode(request)).object)
    }

    private static let hi = ChatMessage(.user, [.text("hi")])

    @Test("A whole conversation: system apart, neighbours joined, results with the user, nothing blank")
    func conversation() throws {
        let mark: JSONObject = ["type": "ephemeral"]
        let body = try Self.body([
            ChatMessage(.system, [ContentPart(.text("Be brief."), cacheControl: mark), .text(" ")]),
            ChatMessage(
                .user,
                [
                    .text("see"), ContentPart(.image(.base64("iVBORw==", mediaType: "image/jpg"))),
                    ContentPart(.image(.url("https://x/y.png"))),
                    ContentPart(.document(.base64("JVBE", mediaType: "application/pdf"), name: "f.pdf")),
                    ContentPart(.document(.base64("YWJj", mediaType: "text/plain"), name: nil)),
                ]),
            ChatMessage(.user, [.text("")]),
            ChatMessage(
                .assistant,
                [
                    ContentPart(.reasoning(.thinking(text: "unsigned", signature: nil))),
                    ContentPart(.reasoning(.thinking(text: "t", signature: "s"))),
                    ContentPart(.reasoning(.redacted(data: "eA=="))),
                    ContentPart(.toolUse(ToolUse(id: "call.1:a", name: "f", arguments: #"{"a":1}"#))),
                    ContentPart(.toolUse(ToolUse(id: "b", name: "f", arguments: "broken"))),
                ]),
            ChatMessage(
                .tool, [ContentPart(.toolResult(ToolResult(toolUseID: "call.1:a", parts: [.text("r")], isError: true)))]
            ),
            ChatMessage(.tool, [ContentPart(.toolResult(ToolResult(toolUseID: "b", parts: [])))]),
            ChatMessage(.user, [.text("and?")]), ChatMessage(.system, [.text("Later.")]),
            ChatMessage(.assistant, [.text("So \n")]),
        ])
        let expected: JSONValue = [
            [
                "role": "user",
                "content": [
                    ["type": "text", "text": "see"],
                    ["type": "image", "source": ["type": "base64", "media_type": "image/jpeg", "data": "iVBORw=="]],
                    ["type": "image", "source": ["type": "url", "url": "https://x/y.png"]],
                    [
                        "type": "document",
                        "source": ["type": "base64", "media_type": "application/pdf", "data": "JVBE"],
                        "title": "f.pdf",
                    ],
                    ["type": "document", "source": ["type": "text", "media_type": "text/plain", "data": "abc"]],
                ],
            ],
            [
                "role": "assistant",
                "content": [
                    ["type": "thinking", "thinking": "t", "signature": "s"],
                    ["type": "redacted_thinking", "data": "eA=="],
                    ["type": "tool_use", "id": "call_1_a", "name": "f", "input": ["a": 1]],
                    ["type": "tool_use", "id": "b", "name": "f", "input": [:]],
                ],
            ],
            [
                "role": "user",
                "content": [
                    [
                        "type": "tool_result", "tool_use_id": "call_1_a", "content": [["type": "text", "text": "r"]],
                        "is_error": true,
                    ],
                    ["type": "tool_result", "tool_use_id": "b", "content": []], ["type": "text", "text": "and?"],
                    ["type": "text", "text": "Later."],
                ],
            ],
            ["role": "assistant", "content": [["type": "text", "text": "So"]]],
        ]
        #expect(body["messages"] == expected)
        #expect(body["system"] == [["type": "text", "text": "Be brief.", "cache_control": ["type": "ephemeral"]]])
        #expect(body["model"] == "up")
    }

    @Test("max_tokens is always sent: what was asked for, else 4,096")
    func limit() throws {
        #expect(try Self.body([Self.hi])["max_tokens"]?.int == 4096)
        #expect(try Self.body([Self.hi]) { $0.maxTokens = 7 }["max_tokens"]?.int == 7)
        #expect(try Self.body([Self.hi], maxTokens: 5) { $0.maxTokens = 7 }["max_tokens"]?.int == 5)
    }

    @Test("Sampling is kept within the API's range, and one of temperature and top_p is sent")
    func sampling() throws {
        let body = try Self.body([Self.hi]) {
            $0.temperature = JSONNumber(2)
            $0.topP = JSONNumber(1)
            $0.topK = 3
            $0.stop = ["END"]
            $0.user = "u"
        }
        #expect(body["temperature"]?.int == 1)
        #expect(body["top_p"] == nil)
        #expect(body["top_k"]?.int == 3)
        #expect(body["stop_sequences"] == ["END"])
        #expect(body["metadata"] == ["user_id": "u"])
        #expect(try Self.body([Self.hi]) { $0.topP = JSONNumber(1) }["top_p"]?.int == 1)
    }

    @Test(
        "An effort becomes a budget that leaves room for the answer, or nothing",
        arguments: [
            ("low", 100_000, 8192), ("medium", 100_000, 16_384), ("high", 100_000, 32_768), ("high", 4096, 3072),
            ("high", 1365, nil), ("none", 100_000, nil), ("low", 2048, 1536),
        ] as [(String, Int, Int?)])
    func effort(_ effort: String, _ limit: Int, _ budget: Int?) throws {
        let body = try Self.body([Self.hi], maxTokens: limit) {
            $0.reasoningEffort = effort
            $0.temperature = JSONNumber(0)
            $0.tools = [ToolDefinition(name: "f")]
            $0.toolChoice = .named("f")
        }
        #expect(body["thinking"]?.object?["budget_tokens"]?.int == budget)
        // Thinking excludes both.
        #expect((body["temperature"] == nil) == (budget != nil))
        #expect(body["tool_choice"]?.object?["type"] == (budget == nil ? "tool" : "auto"))
    }

    @Test("Thinking is off where the history has a tool call without its reasoning")
    func unreasoned() throws {
        let history = [
            Self.hi, ChatMessage(.assistant, [ContentPart(.toolUse(ToolUse(id: "a", name: "f", arguments: "{}")))]),
            ChatMessage(.tool, [ContentPart(.toolResult(ToolResult(toolUseID: "a", parts: [.text("r")])))]),
        ]
        #expect(try Self.body(history, maxTokens: 9000) { $0.reasoningEffort = "low" }["thinking"] == nil)
        #expect(try Self.body([Self.hi], maxTokens: 9000) { $0.reasoningEffort = "low" }["thinking"] != nil)
    }

    @Test("Tools, choices and response formats have the API's own members")
    func tools() throws {
        let tool = ToolDefinition(
            name: "f", description: "d", parameters: ["properties": [:]], strict: true,
            cacheControl: ["type": "ephemeral"])
        let body = try Self.body([Self.hi]) {
            $0.tools = [tool, ToolDefinition(name: "g")]
            $0.parallelToolCalls = false
            $0.responseFormat = ["type": "json_schema", "json_schema": ["name": "n", "schema": ["type": "object"]]]
        }
        #expect(
            body["tools"] == [
                [
                    "name": "f", "description": "d", "input_schema": ["properties": [:], "type": "object"],
                    "strict": true, "cache_control": ["type": "ephemeral"],
                ],
                ["name": "g", "input_schema": ["type": "object", "properties": [:]]],
            ])
        #expect(body["tool_choice"] == ["type": "auto", "disable_parallel_tool_use": true])
        #expect(body["output_config"] == ["format": ["type": "json_schema", "schema": ["type": "object"]]])
        for (choice, type) in [(ToolChoice.none, "none"), (.auto, "auto"), (.required, "any")] {
            let chosen = try Self.body([Self.hi]) {
                $0.tools = [tool]
                $0.toolChoice = choice
            }
            #expect(chosen["tool_choice"] == ["type": .string(type)])
        }
        let json = try Self.body([Self.hi]) { $0.responseFormat = ["type": "json_object"] }
        #expect(json["system"]?.array?.count == 1)
    }

    @Test("What the API cannot take is refused by its place")
    func refused() throws {
        for (part, place) in [
            (ContentPart(.audio(.base64("AAAA", mediaType: "audio/wav"))), "messages[0].content[0]"),
            (
                ContentPart(.document(.base64("AAAA", mediaType: "application/msword"), name: nil)),
                "messages[0].content[0]"
            ),
            (.text(" "), "messages"),
        ] {
            let error = #expect(throws: GatewayError.self) { try Self.body([ChatMessage(.user, [part])]) }
            #expect(error?.status == 400)
            #expect(error?.param == place)
        }
    }
}

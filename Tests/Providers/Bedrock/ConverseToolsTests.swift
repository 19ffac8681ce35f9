import Core
import Testing

@testable import Providers

@Suite struct ConverseToolsTests {
    private let history: [ChatMessage] = [
        .user("x"), .calls(("a", "f", "{}"), ("b", "my tool", "{}")), .result("a"), .result("b"),
    ]

    private func config(
        _ messages: [ChatMessage] = [.user("x")], model: String = ConverseEncoding.claude,
        change: (inout ChatRequest) -> Void
    ) throws -> JSONObject? {
        try ConverseEncoding.body(messages, model: model, change: change)["toolConfig"]?.object
    }

    @Test("A tool keeps its whole schema; blank descriptions and missing schemas are mended (U1)")
    func specifications() throws {
        let schema: JSONObject = [
            "type": "object", "properties": ["q": ["$ref": "#/$defs/Q"]], "$defs": ["Q": ["type": "string"]],
            "additionalProperties": false,
        ]
        let config = try #require(
            try config {
                $0.tools = [
                    ToolDefinition(name: "f", description: "Finds", parameters: schema),
                    ToolDefinition(name: "g", description: " "),
                    ToolDefinition(name: "h", parameters: ["properties": [:]]), ToolDefinition(name: "f"),
                ]
            })
        #expect(
            config["tools"] == [
                ["toolSpec": ["name": "f", "description": "Finds", "inputSchema": ["json": .object(schema)]]],
                ["toolSpec": ["name": "g", "inputSchema": ["json": ["type": "object", "properties": [:]]]]],
                ["toolSpec": ["name": "h", "inputSchema": ["json": ["properties": [:], "type": "object"]]]],
            ])
        #expect(config["toolChoice"] == nil)
    }

    @Test("A schema whose root is no object is refused by name (U1)")
    func badSchema() throws {
        let error = try ConverseEncoding.error([.user("x")]) {
            $0.tools = [ToolDefinition(name: "f"), ToolDefinition(name: "g", parameters: ["type": "array"])]
        }
        #expect(error.param == "tools[1].function.parameters")
    }

    @Test("strict goes only to models that know it, and only with a closed schema (U2)")
    func u2StrictOnlyWhereItIsTaken() throws {
        let closed: JSONObject = ["type": "object", "properties": [:], "additionalProperties": false]
        let change: (inout ChatRequest) -> Void = {
            $0.tools = [
                ToolDefinition(name: "f", parameters: closed, strict: true), ToolDefinition(name: "g", strict: true),
            ]
        }
        let taken = try config(model: ConverseEncoding.claude45, change: change)
        #expect(taken?.at("tools", 0, "toolSpec", "strict") == true)
        #expect(taken?.at("tools", 1, "toolSpec", "strict") == nil)
        for model in [ConverseEncoding.claude, ConverseEncoding.llama, "us.anthropic.claude-opus-4-8-v1"] {
            #expect(try config(model: model, change: change)?.at("tools", 0, "toolSpec", "strict") == nil)
        }
    }

    @Test("Tools are refused by name for a model that takes none, in the request and in its history")
    func toolsWithoutSupport() throws {
        let model = "us.deepseek.r1-v1:0"
        let error = try ConverseEncoding.error([.user("x")], model: model) { $0.tools = [ToolDefinition(name: "f")] }
        #expect(error.status == 400)
        #expect(error.param == "tools")
        #expect(try ConverseEncoding.error(history, model: model).param == "messages")
    }

    @Test(
        "One call at a time is asked for beside the choice, with a type only where the choice has none (U5)",
        arguments: [
            (nil, #"{"type":"auto","disable_parallel_tool_use":true}"#),
            (.required, #"{"disable_parallel_tool_use":true}"#),
        ] as [(ToolChoice?, String)])
    func u5DisablesParallelCalls(choice: ToolChoice?, expected: String) throws {
        let change: (inout ChatRequest) -> Void = {
            $0.tools = [ToolDefinition(name: "f")]
            $0.toolChoice = choice
            $0.parallelToolCalls = false
        }
        let body = try ConverseEncoding.body([.user("x")], model: ConverseEncoding.claude45, change: change)
        #expect(body.at("additionalModelRequestFields", "tool_choice")?.text == expected)
        let older = try ConverseEncoding.body([.user("x")], change: change)
        #expect(older["additionalModelRequestFields"] == nil)
        let without = try ConverseEncoding.body([.user("x")], model: ConverseEncoding.claude45) {
            $0.parallelToolCalls = false
        }
        #expect(without["additionalModelRequestFields"] == nil)
    }

    @Test(
        "A forced choice is sent as far as the model knows it (U3)",
        arguments: [
            (ConverseEncoding.claude, .required, ["any": [:]]),
            (ConverseEncoding.claude, .named("f"), ["tool": ["name": "f"]]), (ConverseEncoding.claude, .auto, nil),
            ("mistral.mistral-large-2402-v1:0", .named("f"), ["any": [:]]), (ConverseEncoding.llama, .required, nil),
        ] as [(String, ToolChoice, JSONValue?)])
    func choice(model: String, choice: ToolChoice, expected: JSONValue?) throws {
        let config = try config(model: model) {
            $0.tools = [ToolDefinition(name: "f")]
            $0.toolChoice = choice
        }
        #expect(config?["toolChoice"] == expected)
        #expect(config?["tools"]?.array?.count == 1)
    }

    @Test("A choice of a tool that is not there is refused by name (U3)")
    func unknownChoice() throws {
        let error = try ConverseEncoding.error([.user("x")]) {
            $0.tools = [ToolDefinition(name: "f")]
            $0.toolChoice = .named("g")
        }
        #expect(error.param == "tool_choice")
    }

    @Test("With choice none, tools are sent only when the history forces it, and then with a note (U3)")
    func none() throws {
        let change: (inout ChatRequest) -> Void = {
            $0.tools = [ToolDefinition(name: "f")]
            $0.toolChoice = ToolChoice.none
        }
        #expect(try config(change: change) == nil)
        let body = try ConverseEncoding.body(history, change: change)
        #expect(body.at("toolConfig", "tools")?.array?.count == 1)
        #expect(body.at("toolConfig", "toolChoice") == nil)
        #expect(body.at("system", 0, "text")?.string?.contains("any tool") == true)
    }

    @Test("Without tools, specifications are rebuilt from the history, and not offered for calling (U4)")
    func rebuilt() throws {
        let body = try ConverseEncoding.body(history)
        let tools = try #require(body.at("toolConfig", "tools")?.array)
        #expect(tools.map { $0.object?["toolSpec"]?.object?["name"] } == ["f", "my_tool"])
        #expect(body.at("toolConfig", "toolChoice") == nil)
        #expect(body.at("system", 0, "text") != nil)
    }

    @Test("A call without its result and a result without its call are refused by message (M4)")
    func m4CallsAndResultsMustPair() throws {
        let cases: [([ChatMessage], String)] = [
            ([.user("x"), .result("a")], "messages[1].tool_call_id"),
            ([.user("x"), .calls(("a", "f", "{}"))], "messages[1].tool_calls"),
            ([.user("x"), .calls(("a", "f", "{}")), .user("y")], "messages[1].tool_calls"),
            ([.user("x"), .calls(("a", "f", "{}"), ("b", "f", "{}")), .result("a")], "messages[1].tool_calls"),
            (
                [.user("x"), .calls(("a", "f", "{}")), .result("a"), .assistant("y"), .result("a")],
                "messages[4].tool_call_id"
            ),
        ]
        for (messages, param) in cases {
            let error = try ConverseEncoding.error(messages)
            #expect(error.status == 400)
            #expect(error.param == param)
            #expect(error.message.hasPrefix(param))
        }
    }
}

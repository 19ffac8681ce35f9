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

    @Test("strict goes only to models that know it (U2)")
    func strict() throws {
        let change: (inout ChatRequest) -> Void = { $0.tools = [ToolDefinition(name: "f", strict: true)] }
        #expect(try config(change: change)?.at("tools", 0, "toolSpec", "strict") == true)
        #expect(try config(model: ConverseEncoding.llama, change: change)?.at("tools", 0, "toolSpec", "strict") == nil)
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
        let orphan = try ConverseEncoding.body([.user("x"), .result("a")])
        #expect(orphan.at("toolConfig", "tools")?.array?.count == 1)
    }
}

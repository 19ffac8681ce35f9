import Core
import Testing

@testable import Providers

@Suite struct ConverseStructuredOutputTests {
    private static let schema: JSONObject = [
        "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
    ]

    private static func format(_ schema: JSONObject = schema) -> JSONObject {
        ["type": "json_schema", "json_schema": ["name": "place", "description": "A place", "schema": .object(schema)]]
    }

    private func body(
        _ model: String, messages: [ChatMessage] = [.user("x")], format: JSONObject = format(),
        _ change: (inout ChatRequest) -> Void = { _ in }
    ) throws -> JSONObject {
        try ConverseEncoding.body(messages, model: model) {
            $0.responseFormat = format
            change(&$0)
        }
    }

    @Test("Models that know schemas get theirs as a string, with every object closed (S1)")
    func s1Native() throws {
        let nested: JSONObject = [
            "type": "object", "required": ["a"],
            "properties": ["a": ["type": "array", "items": ["$ref": "#/$defs/B"]]],
            "$defs": ["B": ["type": "object", "properties": ["c": ["type": "null"]], "required": ["c"]]],
        ]
        let body = try body(ConverseEncoding.claude45, format: Self.format(nested))
        let definition = try #require(body.at("outputConfig", "textFormat", "structure", "jsonSchema")?.object)
        #expect(definition["name"] == "place")
        #expect(definition["description"] == "A place")
        let sent = try JSONParser.parse(try #require(definition["schema"]?.string)).object
        #expect(sent?["additionalProperties"] == false)
        #expect(sent?.at("$defs", "B", "additionalProperties") == false)
        #expect(body["toolConfig"] == nil)
        #expect(body["system"] == nil)
    }

    @Test(
        "A schema that no grammar can keep goes by the tool (S1)",
        arguments: [
            #"{"properties":{"a":{"type":"integer","minimum":1}}}"#, #"{"properties":{},"additionalProperties":true}"#,
            ##"{"properties":{"a":{"$ref":"#"}}}"##,
            ##"{"properties":{"a":{"$ref":"#/$defs/B"}},"$defs":{"B":{"items":{"$ref":"#/$defs/B"}}}}"##,
            #"{"properties":{"a":{"$ref":"https://example.com/s"}}}"#, #"{"properties":{"a":true}}"#,
            #"{"properties":{"a":{},"b":{},"c":{},"d":{},"e":{},"f":{},"g":{},"h":{},"i":{},"j":{},"k":{}}}"#,
        ])
    func s1BeyondGrammars(schema: String) throws {
        let schema = try #require(JSONParser.parse(schema).object)
        let body = try body(ConverseEncoding.claude45, format: Self.format(schema))
        #expect(body["outputConfig"] == nil)
        #expect(
            body.at("toolConfig", "tools", 0, "toolSpec", "inputSchema", "json", "properties") == schema["properties"])
        #expect(body.at("toolConfig", "toolChoice", "tool", "name") == "json_answer")
    }

    @Test("Definitions that lead nowhere in a circle are no recursion")
    func sharedDefinitions() throws {
        let schema = try JSONParser.parse(
            ##"""
            {"type":"object","additionalProperties":false,"required":["a","b"],
             "properties":{"a":{"$ref":"#/$defs/B"},"b":{"anyOf":[{"$ref":"#/$defs/B"},{"type":"null"}]}},
             "$defs":{"B":{"type":"array","items":{"$ref":"#/$defs/C"}},"C":{"enum":[1,2]}}}
            """##)
        #expect(ConverseSchema.isClosed(try #require(schema.object)))
    }

    @Test(
        "Other models are forced to call a tool for the answer (S1)",
        arguments: [
            (ConverseEncoding.claude, #"{"tool":{"name":"json_answer"}}"#),
            ("mistral.mistral-large-2402-v1:0", #"{"any":{}}"#),
        ])
    func s1ForcedTool(model: String, choice: String) throws {
        let body = try body(model)
        #expect(body.at("toolConfig", "toolChoice")?.text == choice)
        #expect(
            body.at("toolConfig", "tools", 0, "toolSpec") == [
                "name": "json_answer", "description": "A place", "inputSchema": ["json": .object(Self.schema)],
            ])
        #expect(body["system"] == nil)
    }

    @Test("Where no call can be forced the tool is offered, and the system prompt asks for it (S1, S2)")
    func s2UnforcedTool() throws {
        let weather: (inout ChatRequest) -> Void = { $0.tools = [ToolDefinition(name: "json_answer")] }
        let thinking: (inout ChatRequest) -> Void = { $0.reasoningEffort = "high" }
        let cases = [
            (try body(ConverseEncoding.llama), 0, "json_answer"),
            (try body(ConverseEncoding.claude37, thinking), 0, "json_answer"),
            (try body(ConverseEncoding.claude, weather), 1, "json_answer_2"),
        ]
        for (body, place, name) in cases {
            #expect(body.at("toolConfig", "tools", place, "toolSpec", "name") == .string(name))
            #expect(body.at("toolConfig", "toolChoice") == nil)
            #expect(body.at("system", 0, "text")?.string?.contains("calling the tool \(name) once") == true)
        }
    }

    @Test("A call that the client forces is not rivalled by the answer's tool (S2)")
    func s2ClientForces() throws {
        let body = try body(ConverseEncoding.claude) {
            $0.tools = [ToolDefinition(name: "f")]
            $0.toolChoice = .required
        }
        #expect(body.at("toolConfig", "tools")?.array?.count == 1)
        #expect(body.at("toolConfig", "toolChoice") == ["any": [:]])
    }

    @Test(
        "Without tools to take, a system text carries the schema (S1)",
        arguments: ["us.deepseek.r1-v1:0", "anthropic.claude-v2:1"])
    func s1Text(model: String) throws {
        let body = try body(model)
        #expect(body["toolConfig"] == nil)
        #expect(body.at("system", 0, "text")?.string?.hasSuffix(JSONValue.object(Self.schema).text) == true)
    }

    @Test(
        "With tools that only the history has, a system text carries the schema, so that no call is asked for (U4, S2)")
    func s2History() throws {
        let history: [ChatMessage] = [.user("x"), .calls(("a", "f", "{}")), .result("a")]
        let body = try body(ConverseEncoding.claude, messages: history)
        #expect(body.at("toolConfig", "tools")?.array?.count == 1)
        #expect(body["system"]?.array?.count == 2)
    }

    @Test("json_object, and a schema that is empty, are asked for in words (S3)")
    func s3JsonObject() throws {
        for format: JSONObject in [["type": "json_object"], Self.format([:])] {
            let body = try body(ConverseEncoding.claude45, format: format)
            #expect(body["toolConfig"] == nil)
            #expect(body["outputConfig"] == nil)
            #expect(body.at("system", 0, "text")?.string?.contains("one JSON object") == true)
        }
        #expect(try body(ConverseEncoding.claude45, format: ["type": "text"])["system"] == nil)
    }

    @Test("An answer that is held to a schema cannot be begun by the client; one that is asked for in words can (M5)")
    func m5BegunAnswers() throws {
        let messages: [ChatMessage] = [.user("x"), .assistant("{")]
        for model in [ConverseEncoding.claude45, ConverseEncoding.claude] {
            #expect(try body(model, messages: messages).at("messages", 2, "role") == "user")
            let words = try body(model, messages: messages, format: ["type": "json_object"])
            #expect(words["messages"]?.array?.count == 2)
        }
    }

    @Test("A schema whose root is no object is refused by name (S1)")
    func s1BadRoot() throws {
        let error = try ConverseEncoding.error([.user("x")]) { $0.responseFormat = Self.format(["type": "array"]) }
        #expect(error.status == 400)
        #expect(error.param == "response_format.json_schema.schema")
    }
}

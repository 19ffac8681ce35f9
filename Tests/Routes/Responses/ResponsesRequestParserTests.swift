import Core
import Testing

@testable import Routes

@Suite struct ResponsesRequestParserTests {
    private static func parse(_ members: String) throws -> ResponsesOrder {
        try ResponsesRequestParser.parse(Array(#"{"model":"m",\#(members)}"#.utf8))
    }

    private static func messages(_ items: String) throws -> [ChatMessage] {
        try parse(#""input":[\#(items)]"#).request.messages
    }

    @Test("Instructions come first, and a text is what the user says")
    func text() throws {
        let order = try Self.parse(
            #""input":"ping","instructions":"Brief.","max_output_tokens":9,"temperature":0.5,"reasoning":{"effort":"low"}"#
        )
        #expect(
            order.request.messages == [ChatMessage(.system, [.text("Brief.")]), ChatMessage(.user, [.text("ping")])])
        #expect(order.request.maxTokens == 9 && order.request.reasoningEffort == "low")
        #expect(order.settings["temperature"] == .number(JSONNumber(unchecked: "0.5")))
        #expect(order.settings["store"] == false && order.settings["instructions"] == "Brief.")
        #expect(order.request.openAIBody == nil)
    }

    @Test("An answer repeats what the specification requires, also what the request left out")
    func settings() throws {
        let plain = try Self.parse(#""input":"a","tools":[{"type":"function","name":"f"}]"#).settings
        #expect(
            plain["tools"] == [
                ["type": "function", "name": "f", "description": nil, "parameters": nil, "strict": nil]
            ])
        #expect(plain["service_tier"] == "default" && plain["top_logprobs"] == 0)
        for name in ["max_tool_calls", "prompt_cache_key", "safety_identifier"] {
            #expect(plain[name] == .null, "\(name)")
        }
        let full = try Self.parse(
            #""input":"a","service_tier":"flex","max_tool_calls":3,"prompt_cache_key":"k","safety_identifier":"s""#
        ).settings
        #expect(full["service_tier"] == "flex" && full["max_tool_calls"] == 3)
        #expect(full["prompt_cache_key"] == "k" && full["safety_identifier"] == "s")
    }

    @Test("What has no effect is taken in every value of its type, and refused by its name in another")
    func withoutEffect() throws {
        for calls in [0, -1, 5_000_000] {
            #expect(
                try Self.parse(#""input":"a","max_tool_calls":\#(calls)"#).settings["max_tool_calls"] == .int(calls))
        }
        let long = String(repeating: "k", count: 5000)
        let texts = #""prompt_cache_key":"\#(long)","safety_identifier":"""#
        let settings = try Self.parse(#""input":"a",\#(texts)"#).settings
        #expect(settings["prompt_cache_key"] == .string(long) && settings["safety_identifier"] == "")
        for (name, value) in [
            ("max_tool_calls", #""3""#), ("max_tool_calls", "1.5"), ("prompt_cache_key", "7"),
            ("safety_identifier", "{}"),
        ] {
            let error = #expect(throws: GatewayError.self) { try Self.parse(#""input":"a","\#(name)":\#(value)"#) }
            #expect(error?.status == 400 && error?.param == name, "\(name): \(value)")
        }
    }

    @Test("What the assistant thought, said and called in one turn is one message")
    func turns() throws {
        let messages = try Self.messages(
            """
            {"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"https://x.example/i.png"}]},
            {"type":"reasoning","id":"rs","summary":[{"type":"summary_text","text":"hm"}]},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"b","annotations":[]}]},
            {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
            {"type":"function_call","call_id":"c2","name":"g","arguments":""},
            {"type":"function_call_output","call_id":"c1","output":"one"},
            {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]},
            {"role":"developer","content":"c"}
            """)
        #expect(messages.map(\.role) == [.user, .assistant, .tool, .tool, .system])
        #expect(
            messages[0].parts == [.text("a"), ContentPart(.image(.url("https://x.example/i.png")))])
        #expect(
            messages[1].parts == [
                ContentPart(.reasoning(.thinking(text: "hm", signature: nil))), .text("b"),
                ContentPart(.toolUse(ToolUse(id: "c1", name: "f", arguments: "{}"))),
                ContentPart(.toolUse(ToolUse(id: "c2", name: "g", arguments: ""))),
            ])
        #expect(messages[3].parts == [ContentPart(.toolResult(ToolResult(toolUseID: "c2", parts: [.text("two")])))])
    }

    @Test("Tools, choice and schema stand one level lower in a chat")
    func tools() throws {
        let tools =
            #""tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":true},{"type":"function","name":"g"}]"#
        let named = try Self.parse(#""input":"a",\#(tools),"tool_choice":{"type":"function","name":"g"}"#).request
        #expect(named.tools.map(\.name) == ["f", "g"] && named.tools[0].strict == true)
        #expect(named.toolChoice == .named("g"))
        let allowed = try Self.parse(
            #""input":"a",\#(tools),"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}"#
        ).request
        #expect(allowed.toolChoice == .required && allowed.tools.map(\.name) == ["f"])
        let format = try Self.parse(
            #""input":"a","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}}"#
        ).request.responseFormat
        #expect(
            format == [
                "type": "json_schema", "json_schema": ["name": "n", "schema": ["type": "object"], "strict": true],
            ])
        #expect(try Self.parse(#""input":"a","text":{"format":{"type":"text"}}"#).request.responseFormat == nil)
    }

    @Test("Reasoning comes back as it was given; that of others is left out, a changed one refused")
    func reasoning() throws {
        for block in [ReasoningBlock.thinking(text: "hm", signature: "c2ln"), .redacted(data: "ZGF0YQ==")] {
            let text = EncryptedReasoning.text(block)
            let messages = try Self.messages(#"{"type":"reasoning","summary":[],"encrypted_content":"\#(text)"}"#)
            #expect(messages.first?.parts == [ContentPart(.reasoning(block))])
        }
        #expect(
            try Self.messages(
                #"{"role":"user","content":"a"},{"type":"reasoning","summary":[],"encrypted_content":"gAAAA"}"#
            ).count == 1)
        let error = #expect(throws: GatewayError.self) {
            try Self.messages(#"{"type":"reasoning","summary":[],"encrypted_content":"brook-1.e30="}"#)
        }
        #expect(error?.param == "input[0].encrypted_content")
    }

    @Test(
        "What cannot be used is named",
        arguments: [
            (#""input":"""#, "input"), (#""instructions":"a""#, "input"), (#""input":[7]"#, "input[0]"),
            (#""input":[{"role":"tool","content":"a"}]"#, "input[0].role"),
            (#""input":[{"role":"user"}]"#, "input[0].content"),
            (#""input":[{"role":"user","content":[{"type":"input_text"}]}]"#, "input[0].content[0].text"),
            (#""input":[{"type":"web_search_call"}]"#, "input[0].type"),
            (#""input":"a","store":true"#, "store"), (#""input":"a","store":"yes""#, "store"),
            (#""input":"a","prompt":{"id":"p"}"#, "prompt"), (#""input":"a","truncation":"much""#, "truncation"),
            (#""input":"a","tool_choice":"required""#, "tool_choice"),
            (#""input":"a","tools":[{"type":"function"}]"#, "tools[0].name"),
            (#""input":"a","text":{"format":{"type":"json_schema","name":"n"}}"#, "text.format.schema"),
            (#""input":"a","reasoning":{"effort":7}"#, "reasoning.effort"),
        ])
    func faults(members: String, param: String) throws {
        let error = #expect(throws: GatewayError.self) { try Self.parse(members) }
        #expect(error?.status == 400 && error?.param == param, "\(members): \(error?.message ?? "")")
    }
}

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

import Core
import Testing

@testable import Routes

private func parse(
    _ body: String, _ purpose: MessagesRequestParser.Purpose = .answer, headers: AnthropicHeaders = AnthropicHeaders()
) throws(GatewayError) -> ChatRequest {
    try MessagesRequestParser(purpose: purpose, headers: headers).parse(Array(body.utf8))
}

private func body(_ members: String = "", messages: String = #"[{"role":"user","content":"hi"}]"#) -> String {
    #"{"model":"m","max_tokens":9,"messages":\#(messages)\#(members.isEmpty ? "" : ",")\#(members)}"#
}

private func user(_ blocks: String) -> String { body(messages: #"[{"role":"user","content":[\#(blocks)]}]"#) }

private func assistant(_ blocks: String) -> String {
    body(messages: #"[{"role":"user","content":"a"},{"role":"assistant","content":[\#(blocks)]}]"#)
}

@Suite("Reading a request in Anthropic's dialect")
struct MessagesRequestParserTests {
    @Test("Every member that has a counterpart comes into the call, and the body is kept whole")
    func whole() throws {
        var headers = AnthropicHeaders()
        headers.version = "2023-06-01"
        headers.betas = ["x-1"]
        let text = body(
            #"""
            "system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],
            "temperature":0.70,"top_p":1,"top_k":5,"stop_sequences":["END",""],"stream":true,
            "metadata":{"user_id":"u"},"service_tier":"standard_only","thinking":{"type":"enabled",
            "budget_tokens":1024},"tools":[{"name":"f","description":"d","input_schema":{"type":"object"},
            "cache_control":{"type":"ephemeral"},"type":"custom"}],
            "tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},
            "output_config":{"effort":"max","format":{"type":"json_schema","schema":{"a":1}}},"new":1
            """#)
        let request = try parse(text, headers: headers)
        #expect(request.model == "m")
        #expect(
            request.messages == [
                ChatMessage(
                    .system, [ContentPart(.text("s"), cacheControl: ["type": "ephemeral", "ttl": "1h"])]),
                ChatMessage(.user, [.text("hi")]),
            ])
        #expect(request.maxTokens == 9)
        #expect(request.temperature?.text == "0.70")
        #expect(request.topP?.int == 1 && request.topK == 5)
        #expect(request.stop == ["END"])
        #expect(request.isStream)
        #expect(request.user == "u")
        #expect(request.serviceTier == "default")
        #expect(request.thinking == ["type": "enabled", "budget_tokens": 1024])
        #expect(
            request.tools == [
                ToolDefinition(
                    name: "f", description: "d", parameters: ["type": "object"], cacheControl: ["type": "ephemeral"])
            ])
        #expect(request.toolChoice == .named("f"))
        #expect(request.parallelToolCalls == false)
        #expect(request.reasoningEffort == "high")
        #expect(request.responseFormat?["json_schema"]?.object?["schema"] == ["a": 1])
        #expect(request.byteCount == text.utf8.count)
        let original = try #require(request.anthropic)
        #expect(JSONValue.object(original.body) == (try JSONParser.parse(text)))
        #expect(original.version == "2023-06-01" && original.betas == ["x-1"] && original.untranslated == nil)
    }

    @Test("A user's blocks become parts; documents of text become text")
    func userBlocks() throws {
        let request = try parse(
            user(
                #"""
                {"type":"text","text":"t","cache_control":{"type":"ephemeral"}},
                {"type":"image","source":{"type":"base64","media_type":"image/PNG","data":"iVBO\nRw=="}},
                {"type":"image","source":{"type":"url","url":"https://x/y.png"}},
                {"type":"document","title":"f","context":"c","source":{"type":"base64",
                "media_type":"application/pdf","data":"JVBE"},"cache_control":{"type":"ephemeral"}},
                {"type":"document","title":"g","source":{"type":"text","media_type":"text/plain","data":"abc"}},
                {"type":"document","source":{"type":"content","content":[{"type":"text","text":"e"}]}},
                {"type":"search_result","source":"https://s","title":"T","content":[{"type":"text","text":"r"}]},
                {"type":"tool_result","tool_use_id":"a","is_error":true,"content":[{"type":"text","text":"x"},
                {"type":"image","source":{"type":"url","url":"https://x/z.png"}}]},
                {"type":"tool_result","tool_use_id":"b","content":"plain"},
                {"type":"tool_result","tool_use_id":"c"}
                """#))
        let mark: JSONObject = ["type": "ephemeral"]
        let parts: [ContentPart] = [
            ContentPart(.text("t"), cacheControl: mark),
            ContentPart(.image(.base64("iVBORw==", mediaType: "image/png"))),
            ContentPart(.image(.url("https://x/y.png"))), .text("c"),
            ContentPart(.document(.base64("JVBE", mediaType: "application/pdf"), name: "f"), cacheControl: mark),
            .text("g\n\nabc"), .text("e"), .text("T\nhttps://s"), .text("r"),
            ContentPart(
                .toolResult(
                    ToolResult(
                        toolUseID: "a", parts: [.text("x"), ContentPart(.image(.url("https://x/z.png")))],
                        isError: true))),
            ContentPart(.toolResult(ToolResult(toolUseID: "b", parts: [.text("plain")]))),
            ContentPart(.toolResult(ToolResult(toolUseID: "c", parts: []))),
        ]
        #expect(request.messages == [ChatMessage(.user, parts)])
    }

    @Test("An assistant's blocks keep signatures, encrypted thinking and the order")
    func assistantBlocks() throws {
        let request = try parse(
            assistant(
                #"""
                {"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"eA=="},
                {"type":"text","text":"x"},{"type":"tool_use","id":"a","name":"f","input":{"b":1.50}}
                """#))
        #expect(
            request.messages.last?.parts == [
                ContentPart(.reasoning(.thinking(text: "t", signature: "s"))),
                ContentPart(.reasoning(.redacted(data: "eA=="))), .text("x"),
                ContentPart(.toolUse(ToolUse(id: "a", name: "f", arguments: #"{"b":1.50}"#))),
            ])
    }

    @Test(
        "What only Anthropic's API knows is left out of the messages, and its place is noted",
        arguments: [
            (
                user(#"{"type":"text","text":"a"},{"type":"container_upload","file_id":"f"}"#),
                "messages[0].content[1].type"
            ),
            (user(#"{"type":"image","source":{"type":"file","file_id":"f"}}"#), "messages[0].content[0].source.type"),
            (
                user(
                    #"{"type":"tool_result","tool_use_id":"a","content":[{"type":"tool_reference","tool_name":"x"}]}"#),
                "messages[0].content[0].content[0].type"
            ),
            (assistant(#"{"type":"server_tool_use","id":"s","name":"w","input":{}}"#), "messages[1].content[0].type"),
            (
                body(#""tools":[{"type":"web_search_20250305","name":"web_search"}],"tool_choice":{"type":"any"}"#),
                "tools[0].type"
            ),
            (body(#""mcp_servers":[{"type":"url"}]"#), "mcp_servers"),
        ] as [(String, String)])
    func untranslated(_ text: String, _ place: String) throws {
        let request = try parse(text)
        #expect(request.anthropic?.untranslated == place)
    }

    @Test("A count needs no max_tokens, and an answer does")
    func purposes() throws {
        let text = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
        #expect(try parse(text, .count).messages.count == 1)
        let error = #expect(throws: GatewayError.self) { try parse(text) }
        #expect(error?.param == "max_tokens")
        #expect(error?.message.contains("max_tokens is missing") == true)
    }

    @Test(
        "A fault is a 400 that names the member",
        arguments: [
            ("[]", nil), ("{", nil), (#"{"max_tokens":1,"messages":[]}"#, "model"),
            (#"{"model":"m","max_tokens":1}"#, "messages"), (body(messages: "[]"), "messages"),
            (body(messages: #"[{"role":"tool","content":"x"}]"#), "messages[0].role"),
            (body(messages: #"[{"role":"user"}]"#), "messages[0].content"),
            (body(messages: #"[{"role":"user","content":3}]"#), "messages[0].content"),
            (user(#"{"text":"x"}"#), "messages[0].content[0].type"),
            (user(#"{"type":"text"}"#), "messages[0].content[0].text"),
            (user(#"{"type":"tool_use","id":"a","name":"f","input":{}}"#), "messages[0].content[0].type"),
            (user(#"{"type":"tool_result"}"#), "messages[0].content[0].tool_use_id"),
            (
                user(#"{"type":"tool_result","tool_use_id":"a","content":[{"type":"thinking"}]}"#),
                "messages[0].content[0].content[0].type"
            ),
            (user(#"{"type":"image"}"#), "messages[0].content[0].source"),
            (
                user(#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"%"}}"#),
                "messages[0].content[0].source.data"
            ),
            (
                user(#"{"type":"image","source":{"type":"url","url":"file:///etc/passwd"}}"#),
                "messages[0].content[0].source.url"
            ),
            (assistant(#"{"type":"tool_use","id":"a","name":"f","input":"x"}"#), "messages[1].content[0].input"),
            (assistant(#"{"type":"image","source":{}}"#), "messages[1].content[0].type"),
            (body(#""system":5"#), "system"), (body(#""system":[{"type":"image"}]"#), "system[0].type"),
            (body(#""max_tokens":-1"#), "max_tokens"), (body(#""temperature":1.5"#), "temperature"),
            (body(#""stop_sequences":[1]"#), "stop_sequences[0]"), (body(#""stream":"yes""#), "stream"),
            (body(#""thinking":{"type":"enabled"}"#), "thinking.budget_tokens"),
            (body(#""thinking":{"type":"enabled","budget_tokens":100}"#), "thinking.budget_tokens"),
            (body(#""tools":[{"name":"f"}]"#), "tools[0].input_schema"),
            (body(#""tool_choice":{"type":"any"}"#), "tool_choice.type"),
            (body(#""tool_choice":{"type":"tool","name":"g"}"#), "tool_choice.name"),
            (body(#""tool_choice":{"type":"maybe"}"#), "tool_choice.type"),
            (body(#""metadata":{"user_id":1}"#), "metadata.user_id"),
        ] as [(String, String?)])
    func refused(_ text: String, _ param: String?) throws {
        // The last of two equal members counts, so that `max_tokens` can be given anew.
        let error = #expect(throws: GatewayError.self) { try parse(text) }
        #expect(error?.status == 400)
        #expect(error?.param == param)
    }

    @Test("Header fields: lists of betas, a version, and what is neither")
    func headers() throws {
        let read = try AnthropicHeaders([
            "Anthropic-Version": "2023-06-01", "anthropic-beta": "a-1, b_2.3 ,,a-1",
        ])
        #expect(read.version == "2023-06-01")
        #expect(read.betas == ["a-1", "b_2.3"])
        #expect(try AnthropicHeaders([:]) == AnthropicHeaders())
        for bad: HeaderFields in [
            ["anthropic-beta": "a b\u{1}"], ["anthropic-version": "1\"2"],
            ["anthropic-beta": String(repeating: "x", count: 129)],
        ] {
            let error = #expect(throws: GatewayError.self) { try AnthropicHeaders(bad) }
            #expect(error?.status == 400)
        }
    }

    @Test("The session is Session-Id's, else the one that Claude Code names")
    func session() throws {
        let claude: HeaderFields = ["x-claude-code-session-id": "cc"]
        #expect(try AnthropicHeaders.session(claude) == "cc")
        var both = claude
        both["Session-Id"] = "own"
        #expect(try AnthropicHeaders.session(both) == "own")
        #expect(try AnthropicHeaders.session([:]) == nil)
    }

    @Test("An error of a provider counts the messages as the client does, without the system prompt")
    func errorPaths() throws {
        let request = try parse(body(#""system":"s""#))
        for (path, expected) in [("messages[1].content[0]", "messages[0].content[0]"), ("messages[0]", "system")] {
            let error = GatewayError.invalid("\(path): is wrong.", param: path).withoutSystemMessage(of: request)
            #expect(error.param == expected)
            #expect(error.message == "\(expected): is wrong.")
        }
        let other = GatewayError.invalid("tools[0]: is wrong.", param: "tools[0]")
        #expect(other.withoutSystemMessage(of: request).param == "tools[0]")
        let plain = try parse(body())
        let same = GatewayError.invalid("messages[1]: is wrong.", param: "messages[1]")
        #expect(same.withoutSystemMessage(of: plain).param == "messages[1]")
    }

    @Test("No body at all stops the parser, whatever byte of a good one is changed")
    func mutations() throws {
        let good = Array(
            user(#"{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"x"}]}"#).utf8)
        let parser = MessagesRequestParser(purpose: .answer, headers: AnthropicHeaders())
        var refused = 0
        for place in good.indices {
            for byte in [0x00, 0x22, 0x2c, 0x39, 0x5b, 0x7b, 0xff] as [UInt8] {
                var bytes = good
                bytes[place] = byte
                do throws(GatewayError) { _ = try parser.parse(bytes) } catch {
                    #expect(error.status == 400)
                    refused += 1
                }
            }
        }
        #expect(refused > good.count)
    }
}

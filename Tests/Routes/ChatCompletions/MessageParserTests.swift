import Core
import Testing

@testable import Routes

@Suite("Chat request parser: messages")
struct MessageParserTests {
    private func messages(_ list: String) throws -> [ChatMessage] {
        try parseChat(#"{"model":"m","messages":[\#(list)]}"#).messages
    }

    private func parts(_ content: String, role: String = "user") throws -> [ContentPart] {
        try messages(#"{"role":"\#(role)","content":[\#(content)]}"#)[0].parts
    }

    @Test("every role is read; developer counts as system")
    func roles() throws {
        let list = try messages(
            #"""
            {"role":"system","content":"a","name":"n"},{"role":"developer","content":[{"type":"text","text":"b"}]},
            {"role":"user","content":"c"},{"role":"assistant","content":"d"},
            {"role":"tool","tool_call_id":"t1","content":"e"}
            """#)
        #expect(list.map(\.role) == [.system, .system, .user, .assistant, .tool])
        #expect(list.dropLast().map(\.text) == ["a", "b", "c", "d"])
        #expect(list[4].parts == [ContentPart(.toolResult(ToolResult(toolUseID: "t1", parts: [.text("e")])))])
    }

    @Test("an assistant message gives reasoning, then text, then tool calls")
    func assistant() throws {
        let list = try messages(
            #"""
            {"role":"assistant","content":"text","refusal":"no","reasoning_content":"why",
             "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},
                           {"id":"b","function":{"name":"g"}},{"id":"c","function":{"name":"h","arguments":{"y":2}}}]}
            """#)
        #expect(
            list[0].parts == [
                ContentPart(.reasoning(.thinking(text: "why", signature: nil))), .text("text"), .text("no"),
                ContentPart(.toolUse(ToolUse(id: "a", name: "f", arguments: "{\"x\":1}"))),
                ContentPart(.toolUse(ToolUse(id: "b", name: "g", arguments: ""))),
                ContentPart(.toolUse(ToolUse(id: "c", name: "h", arguments: "{\"y\":2}"))),
            ])
    }

    @Test("an assistant message may have no content", arguments: ["", #","content":null"#, #","content":[]"#])
    func emptyAssistant(_ content: String) throws {
        #expect(try messages(#"{"role":"assistant"\#(content)}"#) == [ChatMessage(.assistant, [])])
    }

    @Test("thinking blocks keep their signatures, and win over reasoning_content")
    func thinkingBlocks() throws {
        let list = try messages(
            #"""
            {"role":"assistant","content":"t","reasoning_content":"ignored","thinking_blocks":[
             {"type":"thinking","thinking":"w","signature":"s"},{"type":"redacted_thinking","data":"ZGF0YQ=="},
             {"type":"thinking","thinking":"u","signature":"","cache_control":{"type":"ephemeral"}}]},
            {"role":"assistant","reasoning_content":"again","content":[{"type":"thinking","thinking":"in","signature":"z"},
             {"type":"redacted_thinking","data":"eA=="},{"type":"text","text":"v"},{"type":"refusal","refusal":"r"}]}
            """#)
        #expect(
            list[0].parts == [
                ContentPart(.reasoning(.thinking(text: "w", signature: "s"))),
                ContentPart(.reasoning(.redacted(data: "ZGF0YQ=="))),
                ContentPart(.reasoning(.thinking(text: "u", signature: nil)), cacheControl: ["type": "ephemeral"]),
                .text("t"),
            ])
        #expect(
            list[1].parts == [
                ContentPart(.reasoning(.thinking(text: "in", signature: "z"))),
                ContentPart(.reasoning(.redacted(data: "eA=="))),
                .text("v"), .text("r"),
            ])
    }

    @Test("a function message answers the latest open call of its name")
    func functions() throws {
        let list = try messages(
            #"""
            {"role":"user","content":"q"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"1"},
            {"role":"assistant","function_call":{"name":"f","arguments":""}},
            {"role":"function","name":"f","content":"2"}
            """#)
        let uses = list.flatMap(\.parts).compactMap { if case .toolUse(let use) = $0.content { use.id } else { nil } }
        let results = list.flatMap(\.parts).compactMap {
            if case .toolResult(let result) = $0.content { result.toolUseID } else { nil }
        }
        #expect(uses == ["call_1", "call_3"])
        #expect(results == uses)
        #expect(list[2].role == .tool)
    }

    @Test("cache marks stand on their part; one beside the content counts for the last")
    func cacheMarks() throws {
        let list = try messages(
            #"""
            {"role":"system","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},
                                        {"type":"text","text":"b"}]},
            {"role":"user","content":"c","cache_control":{"type":"ephemeral"}},
            {"role":"tool","tool_call_id":"t","content":"d","cache_control":{"type":"ephemeral"}}
            """#)
        #expect(list[0].parts.map(\.cacheControl) == [["type": "ephemeral", "ttl": "1h"], nil])
        #expect(list[1].parts.map(\.cacheControl) == [["type": "ephemeral"]])
        #expect(list[2].parts.map(\.cacheControl) == [["type": "ephemeral"]])
    }

    @Test("images come as data or web addresses, in every spelling")
    func images() throws {
        let image = { (value: String) in try parts(#"{"type":"image_url","image_url":\#(value)}"#)[0].content }
        let data = ContentPart.Content.image(.base64("iVBORw==", mediaType: "image/png"))
        #expect(try image(#"{"url":"data:image/png;base64,iVBORw==","detail":"low"}"#) == data)
        #expect(try image(#""data:image/png;base64,iVBORw==""#) == data)
        #expect(try image(#"{"url":" DATA:Image/PNG; charset=utf-8 ;BASE64,iVB\r\n ORw\t==\n"}"#) == data)
        #expect(try image(#"{"url":"data:image/png;base64,iVBORw"}"#) == data)
        #expect(try image(#"{"url":"https://example.com/a.png?x=1"}"#) == .image(.url("https://example.com/a.png?x=1")))
        #expect(try image(#"" HTTP://example.com/a\n""#) == .image(.url("HTTP://example.com/a")))
        #expect(
            try parts(#"{"type":"input_image","image_url":"https://e.com/b"}"#)[0].content
                == .image(.url("https://e.com/b")))
    }

    @Test("sounds and files are read with their types and names")
    func soundsAndFiles() throws {
        let read = try parts(
            #"""
            {"type":"input_audio","input_audio":{"data":"UklG","format":"WAV"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}},
            {"type":"file","file":{"filename":"b.MD","file_data":"IyBo"}},
            {"type":"input_file","file_data":"IyBo"},
            {"type":"input_file","filename":"c","file_url":"https://example.com/c.pdf"}
            """#)
        #expect(
            read.map(\.content) == [
                .audio(.base64("UklG", mediaType: "audio/wav")),
                .document(.base64("JVBE", mediaType: "application/pdf"), name: "a.pdf"),
                .document(.base64("IyBo", mediaType: "text/markdown"), name: "b.MD"),
                .document(.base64("IyBo", mediaType: "application/octet-stream"), name: nil),
                .document(.url("https://example.com/c.pdf"), name: "c"),
            ])
    }

    @Test("a tool's answer may hold images")
    func toolImages() throws {
        let list = try messages(
            #"""
            {"role":"tool","tool_call_id":"t","content":[{"type":"text","text":"see"},
             {"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lG"}}]}
            """#)
        let result = ToolResult(
            toolUseID: "t", parts: [.text("see"), ContentPart(.image(.base64("R0lG", mediaType: "image/gif")))])
        #expect(list[0].parts == [ContentPart(.toolResult(result))])
    }
}

@Suite("Chat request parser: messages that cannot be used")
struct MessageRefusalTests {
    private func expect(_ list: String, _ param: String, _ fragment: String) throws {
        let error = try #require(refusal(of: #"{"model":"m","messages":[\#(list)]}"#), "\(list)")
        #expect(error.status == 400)
        #expect(error.type == "invalid_request_error")
        #expect(error.param == param)
        #expect(error.message.hasPrefix(param) && error.message.contains(fragment), "\(error.message)")
    }

    @Test(
        "a message of the wrong form is refused, naming its place",
        arguments: [
            ("1", "messages[0]", "must be an object with role and content, not a number"),
            (#"{"role":"user","content":"a"},null"#, "messages[1]", "not null"),
            (#"{"content":"a"}"#, "messages[0].role", "is missing"),
            (#"{"role":7,"content":"a"}"#, "messages[0].role", "must be a string, not a number"),
            (#"{"role":"bot","content":"a"}"#, "messages[0].role", "is \"bot\"; it must be one of system"),
            (#"{"role":"user"}"#, "messages[0].content", "is missing"),
            (#"{"role":"user","content":null}"#, "messages[0].content", "is missing"),
            (
                #"{"role":"user","content":5}"#, "messages[0].content",
                "must be a string or an array of content parts, not a number"
            ),
            (#"{"role":"user","content":{"type":"text"}}"#, "messages[0].content", "not an object"),
            (#"{"role":"user","content":["a"]}"#, "messages[0].content[0]", "must be an object"),
            (#"{"role":"tool","content":"a"}"#, "messages[0].tool_call_id", "is missing"),
            (#"{"role":"tool","tool_call_id":"","content":"a"}"#, "messages[0].tool_call_id", "is empty"),
            (#"{"role":"tool","tool_call_id":"t"}"#, "messages[0].content", "is missing"),
            (#"{"role":"function","content":"a"}"#, "messages[0].name", "is missing"),
            (#"{"role":"function","name":"f","content":"a"}"#, "messages[0].name", "no function_call before it"),
            (#"{"role":"user","content":"a","cache_control":1}"#, "messages[0].cache_control", "must be an object"),
            (#"{"role":"assistant","refusal":1}"#, "messages[0].refusal", "must be a string"),
            (#"{"role":"assistant","tool_calls":{}}"#, "messages[0].tool_calls", "must be an array"),
            (#"{"role":"assistant","tool_calls":[{}]}"#, "messages[0].tool_calls[0].id", "is missing"),
            (
                #"{"role":"assistant","tool_calls":[{"id":"a","type":"x"}]}"#, "messages[0].tool_calls[0].type",
                "is \"x\""
            ),
            (#"{"role":"assistant","tool_calls":[{"id":"a"}]}"#, "messages[0].tool_calls[0].function", "is missing"),
            (
                #"{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":[]}}]}"#,
                "messages[0].tool_calls[0].function.arguments", "must be a string of JSON, not an array"
            ),
            (#"{"role":"assistant","function_call":{}}"#, "messages[0].function_call.name", "is missing"),
            (
                #"{"role":"assistant","thinking_blocks":[{"type":"x"}]}"#, "messages[0].thinking_blocks[0].type",
                "is \"x\""
            ),
            (
                #"{"role":"assistant","thinking_blocks":[{"type":"redacted_thinking"}]}"#,
                "messages[0].thinking_blocks[0].data",
                "is missing"
            ),
        ])
    func messages(_ list: String, _ param: String, _ fragment: String) throws {
        try expect(list, param, fragment)
    }

    @Test(
        "a part that cannot be used is refused, naming its place",
        arguments: [
            (#"{"text":"a"}"#, "type", "is missing"),
            (#"{"type":"video_url"}"#, "type", "is \"video_url\"; in a user message"),
            (#"{"type":"text"}"#, "text", "is missing"), (#"{"type":"text","text":1}"#, "text", "must be a string"),
            (#"{"type":"refusal","refusal":"x"}"#, "type", "in a user message it must be one of text"),
            (#"{"type":"text","text":"a","cache_control":true}"#, "cache_control", "must be an object"),
            (#"{"type":"image_url"}"#, "image_url", "is missing"),
            (#"{"type":"image_url","image_url":1}"#, "image_url", "not a number"),
            (#"{"type":"image_url","image_url":{}}"#, "image_url.url", "is missing"),
            (#"{"type":"image_url","image_url":{"url":""}}"#, "image_url.url", "is empty"),
            (
                #"{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}"#, "image_url.url",
                "must be an http, https or data URL"
            ),
            (#"{"type":"image_url","image_url":{"url":"https://a b"}}"#, "image_url.url", "must be an http"),
            (
                #"{"type":"image_url","image_url":{"url":"https://a","detail":1}}"#, "image_url.detail",
                "must be a string"
            ),
            (#"{"type":"image_url","image_url":{"url":"data:image/png;base64"}}"#, "image_url.url", "without a comma"),
            (#"{"type":"image_url","image_url":{"url":"data:image/png,abc"}}"#, "image_url.url", "not base64"),
            (#"{"type":"image_url","image_url":{"url":"data:image/png;base64,"}}"#, "image_url.url", "holds no data"),
            (
                #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVB*"}}"#, "image_url.url",
                "at position 3"
            ),
            (
                #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iV-_"}}"#, "image_url.url",
                "at position 2"
            ),
            (
                #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBé"}}"#, "image_url.url",
                "at position 3"
            ),
            (#"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBOR"}}"#, "image_url.url", "cut short"),
            (
                #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iV==BO"}}"#, "image_url.url",
                "at position 4"
            ),
            (#"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVB=="}}"#, "image_url.url", "padding"),
            (
                #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO==="}}"#, "image_url.url",
                "at position 6"
            ),
            (#"{"type":"image_url","image_url":"ftp://x"}"#, "image_url", "must be an http"),
            (#"{"type":"input_audio"}"#, "input_audio", "is missing"),
            (#"{"type":"input_audio","input_audio":{"data":"UklG"}}"#, "input_audio.format", "is missing"),
            (#"{"type":"input_audio","input_audio":{"format":"wav"}}"#, "input_audio.data", "is missing"),
            (#"{"type":"input_audio","input_audio":{"data":"?","format":"wav"}}"#, "input_audio.data", "not base64"),
            (#"{"type":"file"}"#, "file", "is missing"),
            (#"{"type":"file","file":{}}"#, "file.file_data", "is missing"),
            (#"{"type":"file","file":{"file_id":"file-1"}}"#, "file.file_id", "send the file in file_data"),
            (#"{"type":"file","file":{"file_data":"data:x;base64,!"}}"#, "file.file_data", "not base64"),
            (#"{"type":"input_file","file_data":"!"}"#, "file_data", "not base64"),
            (#"{"type":"input_file","file_url":"x"}"#, "file_url", "must be an http"),
        ])
    func parts(_ part: String, _ path: String, _ fragment: String) throws {
        try expect(
            #"{"role":"user","content":[{"type":"text","text":"a"},\#(part)]}"#, "messages[0].content[1].\(path)",
            fragment)
    }

    @Test("a system or assistant message takes no images", arguments: ["system", "developer", "assistant"])
    func roles(_ role: String) throws {
        let part = #"{"type":"image_url","image_url":{"url":"https://example.com/a"}}"#
        try expect(
            #"{"role":"\#(role)","content":[\#(part)]}"#, "messages[0].content[0].type",
            "message it must be one of text")
    }
}

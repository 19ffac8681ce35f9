import Core
import Testing

@testable import Providers

@Suite struct ConverseMessagesTests {
    @Test("System texts before the first turn become the system prompt (M1)")
    func system() throws {
        let body = try ConverseEncoding.body([
            .system("Be brief."), ChatMessage(.system, [.text("One"), .text(""), .text("two")]), .user("Hi"),
        ])
        #expect(body["system"] == [["text": "Be brief."], ["text": "One"], ["text": "two"]])
        #expect(body["messages"] == [["role": "user", "content": [["text": "Hi"]]]])
    }

    @Test("Later system texts stay in their place as the user's, after tool results (M2)")
    func lateSystem() throws {
        let body = try ConverseEncoding.body([
            .user("a"), .assistant("b"), .system("note"), .user("c"), .calls(("t1", "f", "{}")), .system("wedged"),
            .result("t1"),
        ])
        // Only the note about tools that are no longer there (U4).
        #expect(body["system"]?.array?.count == 1)
        #expect(body.at("messages", 2, "content") == [["text": "note"], ["text": "c"]])
        #expect(body.at("messages", 4, "content", 0, "toolResult", "toolUseId") == "t1")
        #expect(body.at("messages", 4, "content", 1) == ["text": "wedged"])
    }

    @Test("Neighbours of one role are merged in order, whatever stood blank between them (M3, M6)")
    func merge() throws {
        let body = try ConverseEncoding.body([
            .user("a"), .assistant("  \n"), .user("b"), .assistant("c"), .user(""), .assistant("d"), .user("e"),
        ])
        #expect(
            body["messages"] == [
                ["role": "user", "content": [["text": "a"], ["text": "b"]]],
                ["role": "assistant", "content": [["text": "c"], ["text": "d"]]],
                ["role": "user", "content": [["text": "e"]]],
            ])
    }

    @Test("All results of one turn stand first in the one next user message (M4)")
    func results() throws {
        let body = try ConverseEncoding.body([
            .user("go"), .calls(("a", "f", "{}"), ("b", "g", "{}")), .user("wait"), .result("a"), .user("more"),
            .result("b"),
        ])
        let content = try #require(body.at("messages", 2, "content")?.array)
        #expect(content.map { $0.object?.members.first?.name } == ["toolResult", "toolResult", "text", "text"])
        #expect(body.at("messages")?.array?.count == 3)
    }

    @Test("A conversation that begins with the assistant gets an opening (M5)")
    func opening() throws {
        let body = try ConverseEncoding.body([.assistant("Welcome"), .user("Hi")])
        #expect(body.at("messages", 0, "role") == "user")
        #expect(body.at("messages", 1, "content", 0, "text") == "Welcome")
    }

    @Test("A final assistant text is trimmed where the model continues it, and answered where it does not (M5)")
    func prefill() throws {
        let messages: [ChatMessage] = [.user("Name one"), .assistant("Sure: \n ")]
        let older = try ConverseEncoding.body(messages)
        #expect(older.at("messages", 1, "content") == [["text": "Sure:"]])
        #expect(older["messages"]?.array?.count == 2)
        let newer = try ConverseEncoding.body(messages, model: "us.anthropic.claude-opus-4-6-v1")
        #expect(newer.at("messages", 2, "role") == "user")
    }

    @Test("Nothing but blank messages is refused by name (M6)", arguments: [[], ["", " \n"]])
    func blank(texts: [String]) throws {
        let error = try ConverseEncoding.error(texts.map { .user($0) } + [.system("s")])
        #expect(error.status == 400)
        #expect(error.param == "messages")
    }

    @Test("An assistant's calls without text stay without text; reasoning, text, calls are put in order (M7)")
    func order() throws {
        let use = ContentPart(.toolUse(ToolUse(id: "a", name: "f", arguments: "")))
        let thought = ContentPart(.reasoning(.thinking(text: "hm", signature: "sig")))
        let hidden = ContentPart(.reasoning(.redacted(data: "AAEC")))
        let body = try ConverseEncoding.body(
            [
                .user("x"), ChatMessage(.assistant, [use, .text("I look"), thought, hidden]), .result("a"),
            ], model: ConverseEncoding.claude37)
        #expect(
            body.at("messages", 1, "content") == [
                ["reasoningContent": ["reasoningText": ["text": "hm", "signature": "sig"]]],
                ["reasoningContent": ["redactedContent": "AAEC"]], ["text": "I look"],
                ["toolUse": ["toolUseId": "a", "name": "f", "input": [:]]],
            ])
        let bare = try ConverseEncoding.body([.user("x"), ChatMessage(.assistant, [use]), .result("a")])
        #expect(bare.at("messages", 1, "content")?.array?.count == 1)
    }

    @Test("Thinking without a signature never goes back to the model (P8)")
    func unsigned() throws {
        let thought = ContentPart(.reasoning(.thinking(text: "hm", signature: nil)))
        let body = try ConverseEncoding.body([.user("x"), ChatMessage(.assistant, [thought, .text("y")]), .user("z")])
        #expect(body.at("messages", 1, "content") == [["text": "y"]])
    }

    @Test(
        "Tool arguments always become an object (M8)",
        arguments: [
            ("", "{}"), ("  ", "{}"), ("\"text\"", "{}"), ("3", "{}"), ("[1]", "{}"), ("null", "{}"), ("{\"a\":", "{}"),
            ("{\"a\":1}{\"b\":2}", "{}"), ("{\"a\": [1, 2.50]}", "{\"a\":[1,2.50]}"),
        ])
    func arguments(text: String, expected: String) throws {
        let body = try ConverseEncoding.body([.user("x"), .calls(("a", "f", text)), .result("a")])
        #expect(body.at("messages", 1, "content", 0, "toolUse", "input")?.text == expected)
    }

    @Test(
        "Ids of other vendors are fitted the same way in call and result, and stay apart (M9)",
        arguments: [
            "", "call/1 x", String(repeating: "a", count: 65), "ünï", "toolu_bdrk_01.:-x",
            String(repeating: "b", count: 64),
        ])
    func m9SanitisesLongToolIds(id: String) throws {
        let body = try ConverseEncoding.body([
            .user("x"), .calls((id, "f", "{}"), (id + "/2", "f", "{}")), .result(id), .result(id + "/2"),
        ])
        let sent = body.at("messages", 1, "content", 0, "toolUse", "toolUseId")
        #expect(sent == body.at("messages", 2, "content", 0, "toolResult", "toolUseId"))
        #expect(sent != body.at("messages", 1, "content", 1, "toolUse", "toolUseId"))
        if id.hasPrefix("toolu") || id.utf8.count == 64 { #expect(sent == .string(id)) }
    }

    @Test("Tool names are fitted for the request and can be turned back; equal results are told apart (M10)")
    func names() throws {
        let long = String(repeating: "n", count: 70)
        let change: (inout ChatRequest) -> Void = {
            $0.tools = ["get.weather", "get_weather", "get weather", long].map { ToolDefinition(name: $0) }
            $0.toolChoice = .named("get.weather")
        }
        let messages: [ChatMessage] = [.user("x"), .calls(("a", "get weather", "{}")), .result("a")]
        let body = try ConverseEncoding.body(messages, change: change)
        let originals = try ConverseEncoding.reading(messages, change: change).toolNames
        let sent = try #require(body.at("toolConfig", "tools")?.array).compactMap {
            $0.object?["toolSpec"]?.object?["name"]?.string
        }
        #expect(Set(sent).count == 4)
        #expect(sent.map { originals[$0] ?? $0 } == ["get.weather", "get_weather", "get weather", long])
        #expect(body.at("toolConfig", "toolChoice", "tool", "name") == .string(sent[0]))
        #expect(body.at("messages", 1, "content", 0, "toolUse", "name") == .string(sent[2]))
    }

    @Test("Of equal ids in one message the first counts (M11)")
    func repeated() throws {
        let body = try ConverseEncoding.body([
            .user("x"), .calls(("a", "f", "{\"n\":1}"), ("a", "f", "{\"n\":2}")), .result("a", "first"),
            .result("a", "second"),
        ])
        #expect(body.at("messages", 1, "content")?.array?.count == 1)
        #expect(body.at("messages", 1, "content", 0, "toolUse", "input", "n") == 1)
        #expect(
            body.at("messages", 2, "content") == [["toolResult": ["toolUseId": "a", "content": [["text": "first"]]]]])
    }

    @Test("An empty tool result becomes an empty list, not an empty text (M12)")
    func emptyResult() throws {
        let body = try ConverseEncoding.body([.user("x"), .calls(("a", "f", "{}")), .result("a", "")])
        #expect(body.at("messages", 2, "content", 0, "toolResult", "content") == [])
    }

    @Test("A failed result says so only to models that know the member (M12)")
    func failedResult() throws {
        let result = ToolResult(toolUseID: "a", parts: [.text("no")], isError: true)
        let messages: [ChatMessage] = [
            .user("x"), .calls(("a", "f", "{}")), ChatMessage(.user, [ContentPart(.toolResult(result))]),
        ]
        let claude = try ConverseEncoding.body(messages)
        #expect(claude.at("messages", 2, "content", 0, "toolResult", "status") == "error")
        let llama = try ConverseEncoding.body(messages, model: ConverseEncoding.llama)
        #expect(llama.at("messages", 2, "content", 0, "toolResult", "status") == nil)
    }

    @Test("Parts that cannot stand where they stand are named, never dropped (M13, M15)")
    func misplaced() throws {
        let image = ContentPart(.image(.base64("iVBORw0KGgo=", mediaType: "image/png")))
        let cases: [(ChatMessage, String)] = [
            (ChatMessage(.assistant, [.text("a"), image]), "messages[1].content[1]"),
            (ChatMessage(.system, [image]), "messages[1].content[0]"),
            (
                ChatMessage(.user, [.text("a"), ContentPart(.audio(.base64("AAAA", mediaType: "audio/wav")))]),
                "messages[1].content[1]"
            ),
            (ChatMessage(.user, [ContentPart(.image(.url("https://example.com/a.png")))]), "messages[1].content[0]"),
            (
                ChatMessage(.user, [ContentPart(.toolUse(ToolUse(id: "a", name: "f", arguments: "")))]),
                "messages[1].content[0]"
            ),
        ]
        for (message, place) in cases {
            let error = try ConverseEncoding.error([.user("x"), message])
            #expect(error.status == 400)
            #expect(error.param == place)
            #expect(error.message.contains(place))
        }
    }

    @Test("Cache marks become cache points after their block, at most four, only for models that know them (C1, C2)")
    func cachePoints() throws {
        let mark: JSONObject = ["type": "ephemeral", "ttl": "1h"]
        let marked = ContentPart(.text("long"), cacheControl: mark)
        let messages = [
            ChatMessage(.system, [marked]), ChatMessage(.user, [marked, .text("q"), marked, marked, marked]),
        ]
        let older = try ConverseEncoding.body(messages, model: ConverseEncoding.claude37)
        #expect(older["system"] == [["text": "long"], ["cachePoint": ["type": "default"]]])
        let points = try #require(older.at("messages", 0, "content")?.array).filter { $0.object?["cachePoint"] != nil }
        #expect(points.count == 3)
        #expect(older.at("messages", 0, "content", 1) == ["cachePoint": ["type": "default"]])
        let newer = try ConverseEncoding.body(messages, model: "global.anthropic.claude-sonnet-4-5-20250929-v1:0")
        #expect(newer.at("system", 1, "cachePoint", "ttl") == "1h")
        let llama = try ConverseEncoding.body(messages, model: ConverseEncoding.llama)
        #expect(llama["system"] == [["text": "long"]])
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("What a record keeps of a call's texts")
struct RecordingTests {
    @Test("Nothing, when the key or the site opted out, while the session and the numbers stay")
    func switchedOff() async throws {
        try await onLoop {
            for isSite in [true, false] {
                let bench = Bench()
                if isSite { bench.gateway.settings.recordsText = false } else { bench.key.recordsText = false }
                bench.provider.steps = [
                    .tell(
                        ChatDelta([.text("secret"), .reasoning("thought"), .toolStart(index: 0, id: "1", name: "f")])),
                    .tell(ChatDelta([.finish(.stop)])),
                ]
                #expect(await bench.chat(session: "s").value != nil)
                let record = try #require(bench.record)
                #expect(record.prompt.isEmpty)
                #expect(record.wholePrompt.isEmpty)
                #expect(record.completion.isEmpty)
                #expect(record.reasoning.isEmpty)
                #expect(record.toolCalls.isEmpty)
                #expect(record.usage.output == (6 + 7 + 1 + 2) / 3)
                #expect(bench.settlement?.session == SessionReference(key: "s", title: ""))
            }
        }
    }

    @Test("A whole answer reaches a client that did not ask for a stream, however little is recorded")
    func wholeAnswer() async throws {
        try await onLoop {
            let bench = Bench()
            bench.gateway.settings.recordedTextLimit = 4
            bench.provider.steps = [
                .tell(ChatDelta([.text("0123456789"), .finish(.stop)], openAI: [["id": "x"]]))
            ]
            var request = ChatRequest.hello
            request.isStream = false
            let outcome = try #require(await bench.chat(request).value)
            #expect(outcome.answer.text == "0123456789")
            #expect(outcome.answer.openAI == ["id": "x"])
            #expect(bench.record?.completion == "0123\n[cut at 4 bytes]")
            #expect(bench.record?.prompt == "Hell\n[cut at 4 bytes]")
            bench.key.recordsText = false
            #expect(await bench.chat(request).value?.answer.text == "0123456789")
        }
    }

    @Test("A long stream is cut between characters, marked, and billed whole")
    func longStream() async throws {
        try await onLoop {
            let bench = Bench()
            bench.gateway.settings.recordedTextLimit = 5
            bench.provider.steps = [
                .tell(ChatDelta([.text("abc")])), .tell(ChatDelta([.text("日本")])),
                .tell(ChatDelta([.text("z"), .finish(.stop)])),
            ]
            let outcome = try #require(await bench.chat().value)
            #expect(bench.record?.completion == "abc\n[cut at 5 bytes]")
            #expect(outcome.usage.output == 4)
            #expect(bench.delivered.count == 3)
        }
    }

    @Test("Tool calls are kept as OpenAI writes them")
    func toolCalls() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [
                .tell(
                    ChatDelta([
                        .toolStart(index: 0, id: "c1", name: "f"), .toolArguments(index: 0, text: "{\"a\""),
                        .toolArguments(index: 0, text: ":1}"), .toolEnd(index: 0), .finish(.toolCalls),
                    ]))
            ]
            _ = await bench.chat()
            let expected =
                #"[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]"#
            #expect(bench.record?.toolCalls == expected)
            #expect(bench.record?.finishReason == "tool_calls")
        }
    }

    @Test("Binary parts are kept as type, size and digest, wherever they stand")
    func binaryParts() throws {
        let image = ContentPart(.image(.base64("aGVsbG8=", mediaType: "image/png")))
        let request = ChatRequest(
            model: "m",
            messages: [
                ChatMessage(.system, [.text("sys")]),
                ChatMessage(.user, [.text("first"), image]),
                ChatMessage(
                    .user,
                    [
                        ContentPart(.toolResult(ToolResult(toolUseID: "t", parts: [image], isError: true))),
                        ContentPart(.image(.url("data:image/png;base64,aGVsbG8="))),
                        ContentPart(.image(.url("https://x/y.png"))), .text("last"),
                    ]),
            ])
        let record = PromptRecord(request, limit: 1000)
        #expect(record.prompt == "last")
        #expect(record.title == "first")
        #expect(!record.wholePrompt.contains("aGVsbG8"))
        // SHA-256 of "hello".
        let digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        let media: JSONValue = [
            "type": "image", "media_type": "image/png", "bytes": 5, "sha256": .string(digest),
        ]
        let expected: JSONValue = [
            ["role": "system", "content": "sys"],
            ["role": "user", "content": [["type": "text", "text": "first"], media]],
            [
                "role": "user",
                "content": [
                    ["type": "tool_result", "tool_use_id": "t", "content": [media], "is_error": true], media,
                    ["type": "image", "url": "https://x/y.png"], ["type": "text", "text": "last"],
                ],
            ],
        ]
        #expect(try JSONParser.parse(record.wholePrompt) == expected)
    }

    @Test("A title is the first sixty characters of the first user message")
    func title() {
        let text = String(repeating: "日", count: 70)
        let record = PromptRecord(ChatRequest(model: "m", messages: [ChatMessage(.user, [.text(text)])]), limit: 10_000)
        #expect(record.title == String(repeating: "日", count: 60))
        for text in ["", String(repeating: "日", count: 60), String(repeating: "a", count: 60), "\u{65}\u{301}"] {
            let message = ChatMessage(.user, [.text(text)])
            #expect(PromptRecord(ChatRequest(model: "m", messages: [message]), limit: 10_000).title == text)
        }
    }

    @Test("A large request is recorded by a helper thread, with the same result")
    func largeBody() async throws {
        try await onLoop {
            let bench = Bench()
            var request = ChatRequest.hello
            request.byteCount = ChatRequest.largeBody + 1
            bench.provider.steps = [.tell(ChatDelta([.text("a"), .finish(.stop)]))]
            #expect(await bench.chat(request).value != nil)
            #expect(bench.record?.prompt == "Hello there!")
            bench.provider.openError = .upstream("bad")
            _ = await bench.chat(request)
            #expect(bench.ledger.settlements.last?.call.prompt == "Hello there!")
        }
    }

    @Test("A digest skips padding and line breaks, and reads both alphabets")
    func digest() {
        #expect(Base64Digest("aGVs\nbG8=").sha256 == Base64Digest("aGVsbG8").sha256)
        #expect(Base64Digest("-_8=").sha256 == Base64Digest("+/8=").sha256)
        #expect(Base64Digest("").byteCount == 0)
        let large = Base64Digest(String(repeating: "AAAA", count: 10_000))
        #expect(large.byteCount == 30_000)
    }
}

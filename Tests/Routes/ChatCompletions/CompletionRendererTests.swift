import Core
import Testing

@testable import Routes

@Suite("Completion renderer")
struct CompletionRendererTests {
    private func render(_ events: [ChatEvent], usage: TokenUsage = TokenUsage(input: 1, output: 2)) -> String {
        var answer = ChatAnswer()
        for event in events { answer.add(event) }
        return String(decoding: CompletionRenderer(identity: testIdentity).render(answer, usage: usage), as: UTF8.self)
    }

    private func message(_ events: [ChatEvent]) throws -> JSONObject {
        let object = try JSONParser.parse(render(events)).object
        return try #require(object?["choices"]?.array?.first?.object?["message"]?.object)
    }

    @Test("R1, R5: the whole object, member for member")
    func whole() {
        #expect(
            render([.text("Hi "), .text("\"there\""), .finish(.stop)])
                == #"{"id":"chatcmpl-req-1","object":"chat.completion","created":1795250099,"model":"my \"model\"","#
                + #""choices":[{"index":0,"message":{"role":"assistant","content":"Hi \"there\"","refusal":null,"annotations":[]},"#
                + #""logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"#
                + #""prompt_tokens_details":{"cached_tokens":0,"cache_creation_tokens":0}}}"#)
    }

    @Test("P11: the tier that answered is told, when the provider told it")
    func serviceTier() throws {
        var answer = ChatAnswer()
        answer.serviceTier = "flex"
        let bytes = CompletionRenderer(identity: testIdentity).render(answer, usage: TokenUsage())
        #expect(try JSONParser.parse(bytes).object?["service_tier"] == "flex")
        #expect(!render([.text("a")]).contains("service_tier"))
    }

    @Test("R1, R2: content is null only beside tool calls; arguments are JSON text, also when there are none")
    func tools() throws {
        let calls: [ChatEvent] = [
            .toolStart(index: 0, id: "a", name: "f"), .toolArguments(index: 0, text: "{\"x\":1}"),
            .toolStart(index: 1, id: "b", name: "g"), .finish(.toolCalls),
        ]
        let bare = try message(calls)
        #expect(bare["content"] == .some(.null))
        #expect(
            bare["tool_calls"]?.text
                == #"[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]"#
        )
        let spoken = try message([.text("both")] + calls)
        #expect(spoken["content"] == "both")
        #expect(spoken["tool_calls"]?.array?.count == 2)
        #expect(try message([.finish(.stop)])["content"] == "")
    }

    @Test("R3: reasoning is readable, and its signed and redacted blocks can be sent back")
    func reasoning() throws {
        let events: [ChatEvent] = [
            .reasoning("a"), .reasoningSignature("s"), .redactedReasoning(data: "x"), .reasoning("b"), .text("t"),
        ]
        let message = try message(events)
        #expect(message["reasoning_content"] == "ab")
        #expect(
            message["thinking_blocks"]?.text
                == #"[{"type":"thinking","thinking":"a","signature":"s"},{"type":"redacted_thinking","data":"x"}]"#)
        let body = #"{"model":"m","messages":[\#(JSONValue.object(message).text)]}"#
        #expect(
            try parseChat(body).messages[0].parts.map(\.content) == [
                .reasoning(.thinking(text: "a", signature: "s")), .reasoning(.redacted(data: "x")), .text("t"),
            ])
    }

    @Test("R3: reasoning without a signature needs no blocks")
    func unsigned() throws {
        let message = try message([.reasoning("a"), .text("t")])
        #expect(message["reasoning_content"] == "a")
        #expect(message["thinking_blocks"] == nil)
    }

    @Test("R4: every finish reason is OpenAI's; none given counts as stop")
    func finish() {
        for reason in [FinishReason.stop, .length, .toolCalls, .contentFilter] {
            #expect(render([.finish(reason)]).contains(#""finish_reason":"\#(reason.rawValue)"}"#))
        }
        #expect(render([.text("a")]).contains(#""finish_reason":"stop"}"#))
    }

    @Test("Y1, Y2: cached tokens are part of the prompt; reasoning tokens stand only where known")
    func usage() throws {
        let counted = TokenUsage(
            input: 10, output: 7, cacheRead: 100, cacheWrite: 20, cacheWriteOneHour: 3, reasoning: 0)
        let usage = try JSONParser.parse(render([], usage: counted)).object?["usage"]
        #expect(
            usage?.text
                == #"{"prompt_tokens":133,"completion_tokens":7,"total_tokens":140,"prompt_tokens_details":{"cached_tokens":100,"cache_creation_tokens":23},"completion_tokens_details":{"reasoning_tokens":0}}"#
        )
    }

    @Test("a provider's own answer keeps its members but for id, time and model")
    func passThrough() throws {
        var answer = ChatAnswer()
        answer.text = "not this"
        answer.openAI = try JSONParser.parse(
            #"{"id":"up","model":"up","created":1,"choices":[{"index":0},{"index":1,"logprobs":{"a":0.10}}],"x":1,"usage":{"prompt_tokens":9}}"#
        ).object
        let bytes = CompletionRenderer(identity: testIdentity).render(answer, usage: TokenUsage())
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"id":"chatcmpl-req-1","model":"my \"model\"","created":1795250099,"choices":[{"index":0},{"index":1,"logprobs":{"a":0.10}}],"x":1,"usage":{"prompt_tokens":9}}"#
        )
    }

    @Test("a provider's own answer without usage gets the gateway's count")
    func passThroughUsage() throws {
        var answer = ChatAnswer()
        answer.openAI = ["choices": []]
        let bytes = CompletionRenderer(identity: testIdentity).render(answer, usage: TokenUsage(input: 2, output: 1))
        #expect(try JSONParser.parse(bytes).object?["usage"]?.object?["total_tokens"]?.int == 3)
    }
}

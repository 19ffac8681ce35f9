import Core
import Testing

@testable import Routes

let testIdentity = CompletionIdentity(
    requestID: "req-1", created: Timestamp(milliseconds: 1_795_250_099_123), model: "my \"model\"")

/// The constant members of a chunk, up to its choices.
private let head =
    #"data: {"id":"chatcmpl-req-1","object":"chat.completion.chunk","created":1795250099,"model":"my \"model\"","choices":"#

private func chunk(_ delta: String, finish: String = "null", usage: String = "") -> String {
    #"\#(head)[{"index":0,"delta":\#(delta),"logprobs":null,"finish_reason":\#(finish)}]\#(usage)}"# + "\n\n"
}

private let role = chunk(#"{"role":"assistant","content":""}"#)
private let done = "data: [DONE]\n\n"

@Suite("Chunk renderer")
struct ChunkRendererTests {
    /// The stream as text: each inner array is one delta.
    private func stream(_ deltas: [[ChatEvent]], wantsUsage: Bool = false, usage: TokenUsage = TokenUsage()) -> String {
        var renderer = ChunkRenderer(testIdentity, wantsUsage: wantsUsage)
        var bytes: [UInt8] = []
        for delta in deltas { bytes += renderer.render(ChatDelta(delta)) }
        bytes += renderer.renderEnd(usage: usage)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Z1, Z2, Z5, Z7: role first and once, then text, the finish reason, and [DONE]")
    func text() {
        let golden =
            role + chunk(#"{"content":"Hel"}"#) + chunk(#"{"content":"lo\n\"漢\""}"#) + chunk("{}", finish: "\"stop\"")
            + done
        #expect(
            stream([[.text("Hel")], [.text("")], [.text("lo\n\"漢\"")], [.finish(.stop), .usage(TokenUsage(input: 1))]])
                == golden)
        #expect(stream([[.text("Hel"), .text("lo\n\"漢\""), .finish(.stop)]]) == golden)
    }

    @Test("P11: the tier that answered stands in the usage chunk")
    func serviceTier() {
        var renderer = ChunkRenderer(testIdentity, wantsUsage: true)
        _ = renderer.render(ChatDelta([.text("a")]))
        _ = renderer.render(ChatDelta([.finish(.stop)], serviceTier: "flex"))
        let end = String(decoding: renderer.renderEnd(usage: TokenUsage(input: 1)), as: UTF8.self)
        #expect(end.contains(#""service_tier":"flex"}"# + "\n\ndata: [DONE]"))
    }

    @Test("Z6: usage comes once, last and only when asked for; then the other chunks say null")
    func usage() {
        let null = #","usage":null"#
        let golden =
            chunk(#"{"role":"assistant","content":""}"#, usage: null) + chunk(#"{"content":"a"}"#, usage: null)
            + chunk("{}", finish: "\"length\"", usage: null)
            + #"\#(head)[],"usage":{"prompt_tokens":16,"completion_tokens":2,"total_tokens":18,"#
            + #""prompt_tokens_details":{"cached_tokens":5,"cache_creation_tokens":10},"#
            + #""completion_tokens_details":{"reasoning_tokens":1}}}"# + "\n\n" + done
        let usage = TokenUsage(input: 1, output: 2, cacheRead: 5, cacheWrite: 7, cacheWriteOneHour: 3, reasoning: 1)
        let events: [[ChatEvent]] = [[.usage(TokenUsage(input: 1))], [.text("a")], [.finish(.length)], [.usage(usage)]]
        #expect(stream(events, wantsUsage: true, usage: usage) == golden)
    }

    @Test("Z3, Z4: tool calls open with id and name, go on with arguments, and are never left without any")
    func tools() {
        let golden =
            role + chunk(#"{"content":"ok"}"#)
            + chunk(#"{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}"#)
            + chunk(#"{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}]}"#)
            + chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}"#)
            + chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"#)
            + chunk(#"{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}"#)
            + chunk("{}", finish: "\"tool_calls\"") + done
        let start: [ChatEvent] = [
            .text("ok"), .toolStart(index: 0, id: "a", name: "f"), .toolStart(index: 1, id: "b", name: "g"),
            .toolArguments(index: 0, text: "{\"x\":"), .toolArguments(index: 0, text: "1}"),
        ]
        #expect(stream([start + [.toolEnd(index: 0), .toolEnd(index: 1), .finish(.toolCalls)]]) == golden)
        // Neither a missing end nor an empty piece makes a difference.
        #expect(stream(start.map { [$0] } + [[.toolArguments(index: 1, text: "")], [.finish(.toolCalls)]]) == golden)
    }

    @Test("R3: reasoning streams as reasoning_content; signed and redacted blocks follow whole")
    func reasoning() {
        let golden =
            role + chunk(#"{"reasoning_content":"think "}"#) + chunk(#"{"reasoning_content":"hard"}"#)
            + chunk(#"{"thinking_blocks":[{"type":"thinking","thinking":"think hard","signature":"s1"}]}"#)
            + chunk(#"{"thinking_blocks":[{"type":"redacted_thinking","data":"xx"}]}"#)
            + chunk(#"{"reasoning_content":"more"}"#)
            + chunk(#"{"thinking_blocks":[{"type":"thinking","thinking":"more","signature":"s2"}]}"#)
            + chunk(#"{"content":"a"}"#) + chunk("{}", finish: "\"stop\"") + done
        let events: [ChatEvent] = [
            .reasoning("think "), .reasoning("hard"), .reasoningSignature("s1"), .redactedReasoning(data: "xx"),
            .reasoning("more"), .reasoningSignature("s2"), .text("a"), .finish(.stop),
        ]
        #expect(stream(events.map { [$0] }) == golden)
    }

    @Test("a delta that a client does not see gives no bytes")
    func nothing() {
        var renderer = ChunkRenderer(testIdentity, wantsUsage: true)
        #expect(renderer.render(ChatDelta([])).isEmpty)
        #expect(
            renderer.render(ChatDelta([.usage(TokenUsage()), .text(""), .reasoning(""), .toolEnd(index: 3)])).isEmpty)
    }

    @Test("an answer without a finish reason, or without anything, still ends as clients expect")
    func emptyAnswer() {
        #expect(stream([]) == role + chunk("{}", finish: "\"stop\"") + done)
        #expect(stream([[.finish(.contentFilter)]]) == role + chunk("{}", finish: "\"content_filter\"") + done)
    }

    @Test("every event is one line of valid JSON, whatever the text holds")
    func lines() throws {
        let text = "\u{2028}\u{2029}\u{85}\n\r\u{b}\u{c}\u{0}\"\\"
        for line in stream([
            [.text(text), .reasoning(text), .toolStart(index: 0, id: text, name: text), .finish(.stop)]
        ])
        .split(whereSeparator: \.isNewline) where line != "data: [DONE]" {
            _ = try JSONParser.parse(String(line.dropFirst(6)))
        }
    }

    @Test("Z8: a failure is an error event with OpenAI's members")
    func failure() {
        let error = GatewayError(status: 429, type: "t", code: "c", message: "m \"q\"", param: "p", cause: "secret")
        #expect(
            String(decoding: ChunkRenderer.render(error), as: UTF8.self)
                == #"data: {"error":{"message":"m \"q\"","type":"t","param":"p","code":"c"}}"# + "\n\n")
        #expect(
            String(decoding: ChunkRenderer.render(.truncated(cause: "x")), as: UTF8.self)
                == #"data: {"error":{"message":"The provider's answer ended early.","type":"server_error","param":null,"code":"stream_truncated"}}"#
                + "\n\n")
    }
}

@Suite("Chunk renderer: a provider's own chunks")
struct PassThroughChunkTests {
    private func object(_ text: String) -> JSONObject { (try? JSONParser.parse(text))?.object ?? [:] }

    private func stream(_ chunks: [String], wantsUsage: Bool) -> [String] {
        var renderer = ChunkRenderer(testIdentity, wantsUsage: wantsUsage)
        var bytes: [UInt8] = []
        for chunk in chunks { bytes += renderer.render(ChatDelta([.text("again")], openAI: [object(chunk)])) }
        bytes += renderer.render(ChatDelta([.usage(TokenUsage(input: 9)), .finish(.stop)]))
        bytes += renderer.renderEnd(usage: TokenUsage(input: 3, output: 4))
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n\n").map(String.init)
    }

    private let first =
        #"{"id":"up","object":"chat.completion.chunk","created":5,"model":"up-model","system_fingerprint":"fp","choices":[{"index":1,"delta":{"role":"assistant","content":"a"},"logprobs":{"content":[1.50]},"finish_reason":null}],"usage":null}"#
    private let last = #"{"id":"up","created":5,"model":"up-model","choices":[],"usage":{"prompt_tokens":1,"x":2}}"#

    @Test("id, time and model are replaced, all else stays, and events are not rendered again")
    func stamped() {
        let sent = stream([first, last], wantsUsage: true)
        #expect(
            sent == [
                #"data: {"id":"chatcmpl-req-1","object":"chat.completion.chunk","created":1795250099,"model":"my \"model\"","system_fingerprint":"fp","choices":[{"index":1,"delta":{"role":"assistant","content":"a"},"logprobs":{"content":[1.50]},"finish_reason":null}],"usage":null}"#,
                #"data: {"id":"chatcmpl-req-1","created":1795250099,"model":"my \"model\"","choices":[],"usage":{"prompt_tokens":1,"x":2}}"#,
                "data: [DONE]",
            ])
    }

    @Test("usage that the client did not ask for is taken out, with the chunk that exists for it")
    func hidden() {
        let finish = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#
        let filter = #"{"choices":[],"prompt_filter_results":[]}"#
        let sent = stream([filter, first, finish, last], wantsUsage: false)
        #expect(sent.count == 4)
        #expect(sent.allSatisfy { !$0.contains("usage") })
        #expect(sent[0].contains("prompt_filter_results"))
        #expect(sent[2].contains(#""finish_reason":"stop""#))
        #expect(sent[3] == "data: [DONE]")
    }

    @Test("a client that asked for usage gets it also from a provider that gave none")
    func added() {
        let sent = stream([first], wantsUsage: true)
        #expect(sent.count == 3)
        #expect(sent[1].contains(#""choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7"#))
    }
}

import Core
import Testing

@testable import Routes

@Suite("A stream in Anthropic's dialect")
struct MessageStreamRendererTests {
    private static func renderer() -> MessageStreamRenderer {
        MessageStreamRenderer(MessageIdentity(requestID: "r", model: "asked"), requestID: "r", estimate: 11)
    }

    /// The events of a whole stream, each checked to have the name of its type.
    private static func events(
        _ deltas: [ChatDelta], usage: TokenUsage = TokenUsage(input: 3, output: 2, cacheRead: 4, cacheWrite: 5)
    ) throws -> [JSONObject] {
        var renderer = renderer()
        var bytes: [UInt8] = []
        for delta in deltas { bytes += renderer.render(delta) }
        bytes += renderer.renderEnd(usage: usage)
        return try parse(bytes)
    }

    private static func parse(_ bytes: [UInt8]) throws -> [JSONObject] {
        try String(decoding: bytes, as: UTF8.self).split(separator: "\n\n").map { event in
            let lines = event.split(separator: "\n")
            #expect(lines.count == 2)
            let object = try #require(JSONParser.parse(String(lines[1].dropFirst("data: ".count))).object)
            #expect(lines[0] == "event: \(object["type"]?.string ?? "")")
            return object
        }
    }

    /// Type and block of each event, with the essence of what it brings.
    private static func outline(_ events: [JSONObject]) -> [String] {
        events.map { event in
            let index = event["index"]?.int.map(String.init) ?? ""
            switch event["type"]?.string {
            case "content_block_start": return "+\(index) \(event["content_block"]?.object?["type"]?.string ?? "")"
            case "content_block_delta":
                return "\(index) \(event["delta"]?.object?.members.last?.value.string ?? "")"
            case "content_block_stop": return "-\(index)"
            case let type: return type ?? ""
            }
        }
    }

    @Test("Blocks follow one another under their indexes, and the end has reason and usage")
    func grammar() throws {
        let events = try Self.events([
            ChatDelta([.reasoning("h"), .reasoning("m"), .reasoningSignature("c2ln"), .redactedReasoning(data: "eA==")]
            ),
            ChatDelta([.text("Hel"), .text("lo"), .text("")]),
            ChatDelta([.toolStart(index: 0, id: "t", name: "f"), .toolArguments(index: 0, text: #"{"a":"#)]),
            ChatDelta([.toolArguments(index: 0, text: "1}"), .toolEnd(index: 0), .finish(.toolCalls)]),
            ChatDelta([.usage(TokenUsage(input: 3))]),
        ])
        #expect(
            Self.outline(events) == [
                "message_start", "ping", "+0 thinking", "0 h", "0 m", "0 c2ln", "-0", "+1 redacted_thinking", "-1",
                "+2 text", "2 Hel", "2 lo", "-2", "+3 tool_use", #"3 {"a":"#, "3 1}", "-3", "message_delta",
                "message_stop",
            ])
        let message = try #require(events[0]["message"]?.object)
        #expect(message["id"] == "msg_r" && message["model"] == "asked" && message["role"] == "assistant")
        #expect(message["content"] == [] && message["stop_reason"] == .null)
        #expect(message["usage"]?.object?["input_tokens"]?.int == 11)
        let end = events[events.count - 2]
        #expect(
            end["delta"] == [
                "stop_reason": "tool_use", "stop_sequence": .null, "stop_details": .null, "container": .null,
            ])
        let usage = try #require(end["usage"]?.object)
        #expect(usage["input_tokens"]?.int == 3 && usage["output_tokens"]?.int == 2)
        #expect(usage["cache_read_input_tokens"]?.int == 4 && usage["cache_creation_input_tokens"]?.int == 5)
    }

    @Test(
        "Reasons are Anthropic's words",
        arguments: [
            ([.finish(.stop)], "end_turn", nil), ([.finish(.length)], "max_tokens", nil),
            ([.finish(.contentFilter)], "refusal", nil), ([], "end_turn", nil),
            ([.stopSequence("END"), .finish(.stop)], "stop_sequence", "END"),
            ([.toolStart(index: 0, id: "t", name: "f"), .finish(.stop)], "tool_use", nil),
        ] as [([ChatEvent], String, String?)])
    func reasons(_ told: [ChatEvent], _ reason: String, _ sequence: String?) throws {
        let events = try Self.events([ChatDelta(told)])
        let delta = try #require(events[events.count - 2]["delta"]?.object)
        #expect(delta["stop_reason"]?.string == reason)
        #expect(delta["stop_sequence"]?.string == sequence)
    }

    @Test("A tool whose arguments are complete ends before the next block, one that is interrupted stays open")
    func tools() throws {
        let complete = try Self.events([
            ChatDelta([
                .toolStart(index: 0, id: "a", name: "f"), .toolArguments(index: 0, text: #"{"x":"}"}"#),
                .toolStart(index: 1, id: "b", name: "f"), .toolArguments(index: 1, text: "{}"), .toolEnd(index: 0),
                .toolEnd(index: 1), .finish(.toolCalls),
            ])
        ])
        #expect(
            Self.outline(complete).dropFirst(2).dropLast(2) == [
                "+0 tool_use", #"0 {"x":"}"}"#, "-0", "+1 tool_use", "1 {}", "-1",
            ])
        let mixed = try Self.events([
            ChatDelta([
                .toolStart(index: 0, id: "a", name: "f"), .toolArguments(index: 0, text: #"{"x":"#),
                .toolStart(index: 1, id: "b", name: "f"), .toolArguments(index: 1, text: "{}"),
                .toolArguments(index: 0, text: "1}"), .finish(.toolCalls),
            ])
        ])
        #expect(
            Self.outline(mixed).dropFirst(2).dropLast(2) == [
                "+0 tool_use", #"0 {"x":"#, "+1 tool_use", "1 {}", "0 1}", "-0", "-1",
            ])
    }

    @Test("An answer without content is a message all the same")
    func empty() throws {
        #expect(Self.outline(try Self.events([])) == ["message_start", "ping", "message_delta", "message_stop"])
    }

    @Test("A provider's own events pass unchanged but for the model's name, and the last waits for the record")
    func passThrough() throws {
        let own: [JSONObject] = [
            ["type": "message_start", "message": ["id": "msg_up", "model": "up", "usage": ["input_tokens": 1]]],
            ["type": "content_block_start", "index": 0, "content_block": ["type": "server_tool_use", "new": 1]],
            ["type": "message_delta", "delta": ["stop_reason": "pause_turn"], "usage": ["output_tokens": 9]],
            ["type": "message_stop"],
        ]
        var renderer = Self.renderer()
        var bytes: [UInt8] = []
        for event in own { bytes += renderer.render(ChatDelta([.text("not twice")], anthropic: [event])) }
        var expected = own
        expected[0]["message"] = ["id": "msg_up", "model": "asked", "usage": ["input_tokens": 1]]
        #expect(try Self.parse(bytes) == Array(expected.dropLast()))
        #expect(try Self.parse(renderer.renderEnd(usage: TokenUsage(output: 1))) == [["type": "message_stop"]])
    }

    @Test("A failure is an error event in the dialect, with the request's id")
    func failure() throws {
        let events = try Self.parse(Self.renderer().renderFailure(.truncated()))
        #expect(
            events == [
                [
                    "type": "error", "error": ["type": "api_error", "message": "The provider's answer ended early."],
                    "request_id": "r",
                ]
            ])
    }
}

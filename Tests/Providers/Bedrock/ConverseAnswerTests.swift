import Core
import Testing

@testable import Providers

@Suite struct ConverseAnswerTests {
    private func events(_ body: String, toolNames: [String: String] = [:]) throws -> [ChatEvent] {
        try ConverseAnswer.delta(Array(body.utf8), reading: ConverseReading(toolNames: toolNames)).events
    }

    @Test("All blocks of an answer are told, in order, with text beside calls (R1, R2, R3)")
    func blocks() throws {
        let body = #"""
            {"metrics":{"latencyMs":1},"output":{"message":{"role":"assistant","content":[
              {"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},
              {"reasoningContent":{"redactedContent":"AAEC"}},{"text":"One. "},{"citationsContent":{}},{"text":"Two."},
              {"toolUse":{"toolUseId":"t1","name":"get_x","input":{"b": 1, "a": [2.50]}}},
              {"toolUse":{"toolUseId":"s","name":"web","input":{},"type":"server_tool_use"}},
              {"toolUse":{"toolUseId":"t2","name":"now","input":{}}}]}},
             "stopReason":"tool_use","usage":{"inputTokens":5,"outputTokens":6,"totalTokens":11},"new":1}
            """#
        #expect(
            try events(body, toolNames: ["get_x": "get.x"]) == [
                .reasoning("hm"), .reasoningSignature("s"), .redactedReasoning(data: "AAEC"), .text("One. "),
                .text("Two."), .toolStart(index: 0, id: "t1", name: "get.x"),
                .toolArguments(index: 0, text: #"{"b":1,"a":[2.50]}"#), .toolEnd(index: 0),
                .toolStart(index: 1, id: "t2", name: "now"), .toolArguments(index: 1, text: "{}"), .toolEnd(index: 1),
                .finish(.toolCalls), .usage(TokenUsage(input: 5, output: 6)),
            ])
    }

    @Test(
        "A success that is no answer is a 502 (T6, E4)",
        arguments: [
            "", "<html>", "[]", "{}", #"{"output":null,"stopReason":"end_turn"}"#, #"{"output":{},"stopReason":"x"}"#,
            #"{"output":{"message":{"content":[]}}}"#,
            #"{"output":{"message":{"content":[]}},"stopReason":"malformed_tool_use"}"#,
        ])
    func unreadable(body: String) throws {
        let error = #expect(throws: GatewayError.self) { _ = try events(body) }
        #expect(error?.status == 502)
    }

    @Test(
        "Usage counts every kind once (Y1, Y3, Y4)",
        arguments: [
            (#"{"inputTokens":1,"outputTokens":2}"#, TokenUsage(input: 1, output: 2)),
            (
                #"{"inputTokens":1,"outputTokens":0,"cacheReadInputTokens":3,"cacheWriteInputTokens":4}"#,
                TokenUsage(input: 1, cacheRead: 3, cacheWrite: 4)
            ),
            (
                #"{"inputTokens":1,"cacheWriteInputTokens":9,"cacheDetails":[{"ttl":"1h","inputTokens":5},{"ttl":"5m","inputTokens":4}]}"#,
                TokenUsage(input: 1, cacheWrite: 4, cacheWriteOneHour: 5)
            ),
            (
                #"{"cacheWriteInputTokens":9,"cacheDetails":[{"ttl":"1h","inputTokens":5}]}"#,
                TokenUsage(cacheWrite: 9)
            ),
            (#"{"cacheDetails":[{"ttl":"1h","inputTokens":5}]}"#, TokenUsage(cacheWriteOneHour: 5)),
            (#"{"inputTokens":null,"outputTokens":"x","cacheReadInputTokens":-4}"#, TokenUsage()),
            (#"{"inputTokens":9223372036854775807}"#, TokenUsage(input: 1_000_000_000_000)),
        ])
    func usage(json: String, expected: TokenUsage) throws {
        let object = try #require(try JSONParser.parse(json).object)
        #expect(ConverseUsage.usage(object) == expected)
    }

    @Test("Tokens of thinking are told where the model tells them, and the tier that answered (Y2, P11)")
    func y2ReasoningTokensAndTier() throws {
        let body = #"""
            {"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"end_turn",
             "usage":{"inputTokens":1,"outputTokens":9},"serviceTier":{"type":"flex"},
             "additionalModelResponseFields":{"usage":{"output_tokens_details":{"thinking_tokens":4}}}}
            """#
        let delta = try ConverseAnswer.delta(Array(body.utf8), reading: ConverseReading())
        #expect(delta.events.last == .usage(TokenUsage(input: 1, output: 9, reasoning: 4)))
        #expect(delta.serviceTier == "flex")
    }
}

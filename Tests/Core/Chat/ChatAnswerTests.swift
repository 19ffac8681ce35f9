import Testing

@testable import Core

@Suite("Answers gathered from events")
struct ChatAnswerTests {
    private func gather(_ events: [ChatEvent]) -> ChatAnswer {
        var answer = ChatAnswer()
        for event in events { answer.add(event) }
        return answer
    }

    @Test("text is joined, the last usage and the finish reason stand")
    func text() {
        let answer = gather([
            .text("a"), .usage(TokenUsage(input: 1)), .text("b"), .finish(.length),
            .usage(TokenUsage(input: 2, output: 3)),
        ])
        #expect(answer.text == "ab")
        #expect(answer.finish == .length)
        #expect(answer.usage == TokenUsage(input: 2, output: 3))
    }

    @Test("a signature ends a thinking block; redacted blocks keep their place")
    func reasoning() {
        let answer = gather([
            .reasoning("a"), .reasoning("b"), .reasoningSignature("s1"), .redactedReasoning(data: "x"), .reasoning("c"),
            .reasoningSignature("s2"), .reasoning("d"), .reasoning("e"),
        ])
        #expect(
            answer.reasoning == [
                .thinking(text: "ab", signature: "s1"), .redacted(data: "x"), .thinking(text: "c", signature: "s2"),
                .thinking(text: "de", signature: nil),
            ])
        #expect(answer.reasoningText == "abcde")
    }

    @Test("a signature without text is kept")
    func loneSignature() {
        #expect(gather([.reasoningSignature("s")]).reasoning == [.thinking(text: "", signature: "s")])
    }

    @Test("interleaved arguments go to their tool call; those of an unknown call are dropped")
    func tools() {
        let answer = gather([
            .toolStart(index: 0, id: "a", name: "f"), .toolStart(index: 1, id: "b", name: "g"),
            .toolArguments(index: 1, text: "{\"x\""), .toolArguments(index: 0, text: "{}"),
            .toolArguments(index: 1, text: ":1}"),
            .toolArguments(index: 7, text: "lost"), .toolArguments(index: -1, text: "lost"), .toolEnd(index: 0),
        ])
        #expect(
            answer.toolCalls == [
                ToolUse(id: "a", name: "f", arguments: "{}"), ToolUse(id: "b", name: "g", arguments: "{\"x\":1}"),
            ])
    }

    @Test("gathering a long reasoning takes time in proportion to its length")
    func longReasoning() {
        // 400,000 pieces: at quadratic cost this would copy some 320 GB.
        var answer = ChatAnswer()
        for _ in 0..<400_000 { answer.add(.reasoning("four")) }
        #expect(answer.reasoningText.utf8.count == 1_600_000)
    }
}

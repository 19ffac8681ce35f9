import Core
import TestSupport
import Testing

@testable import Providers

@Suite struct StructuredAnswerTests {
    private static let tool = StructuredAnswer.Kind.tool(name: "json_answer", unwraps: true)

    /// What the events come to, one by one.
    private func read(_ kind: StructuredAnswer.Kind, _ events: [ChatEvent]) -> [ChatEvent] {
        var answer = StructuredAnswer(kind)
        return events.flatMap { answer.read([$0]) }
    }

    private func call(_ index: Int, _ name: String, _ pieces: String...) -> [ChatEvent] {
        [.toolStart(index: index, id: "id\(index)", name: name)]
            + pieces.map { .toolArguments(index: index, text: $0) } + [.toolEnd(index: index)]
    }

    @Test("The tool's arguments come as content, piece by piece, and the answer ends with stop (S1, S2)")
    func s1ArgumentsBecomeContent() {
        let events = call(0, "json_answer", #"{"ci"#, #"ty":"Os"#, #"lo"}"#) + [.finish(.toolCalls)]
        #expect(read(Self.tool, events) == [.text(#"{"ci"#), .text(#"ty":"Os"#), .text(#"lo"}"#), .finish(.stop)])
    }

    @Test(
        "A lone properties member around the answer is taken off, and only such a one (S1)",
        arguments: [
            (#"{"properties":{"a":1}}"#, #"{"a":1}"#), (#" { "properties" : {"a":[1, 2]} } "#, #"{"a":[1,2]}"#),
            (#"{"properties":{"a":1},"b":2}"#, #"{"properties":{"a":1},"b":2}"#),
            (#"{"properties":3}"#, #"{"properties":3}"#), (#"{"properties"#, #"{"properties"#), ("{}", "{}"),
        ])
    func s1Unwraps(arguments: String, expected: String) {
        for pieces in [[arguments], arguments.map(String.init)] {
            let events: [ChatEvent] =
                [.toolStart(index: 0, id: "i", name: "json_answer")]
                + pieces.map { .toolArguments(index: 0, text: $0) } + [.toolEnd(index: 0), .finish(.length)]
            var text = ""
            for case .text(let piece) in read(Self.tool, events) { text += piece }
            #expect(text == expected)
        }
        let kept = read(.tool(name: "json_answer", unwraps: false), call(0, "json_answer", #"{"properties":{"a":1}}"#))
        #expect(kept == [.text(#"{"properties":{"a":1}}"#)])
    }

    @Test("Real calls stay calls, numbered without gaps, and text beside them becomes reasoning (S2)")
    func s2RealCalls() {
        let events: [ChatEvent] =
            [.text("Let me "), .text("see.")] + call(0, "json_answer", #"{"a":1}"#) + call(1, "weather", "{}")
            + call(2, "json_answer", #"{"a":2}"#) + call(3, "clock", #"{"z":1}"#) + [.finish(.toolCalls)]
        #expect(
            read(Self.tool, events) == [
                .text(#"{"a":1}"#), .toolStart(index: 0, id: "id1", name: "weather"),
                .toolArguments(index: 0, text: "{}"), .toolEnd(index: 0),
                .toolStart(index: 1, id: "id3", name: "clock"),
                .toolArguments(index: 1, text: #"{"z":1}"#), .toolEnd(index: 1), .reasoning("Let me see."),
                .finish(.toolCalls),
            ])
        let onlyReal = read(Self.tool, [.text("Hm.")] + call(0, "weather", "{}") + [.finish(.toolCalls)])
        #expect(onlyReal.suffix(2) == [.reasoning("Hm."), .finish(.toolCalls)])
    }

    @Test("A model that answers in text, fenced or not, is taken at its word (S2, S3)")
    func s3TextAnswers() {
        for kind in [Self.tool, .text] {
            var text = ""
            for case .text(let piece) in read(
                kind, [.text("\n``"), .text("`json\n{\"a\":"), .text("1}\n```\n"), .finish(.stop)])
            {
                text += piece
            }
            #expect(text == "{\"a\":1}\n")
        }
        #expect(read(.text, [.text("{"), .text("}"), .finish(.stop)]) == [.text("{"), .text("}"), .finish(.stop)])
        #expect(read(Self.tool, [.text("{"), .text("}"), .finish(.stop)]) == [.text("{}"), .finish(.stop)])
        #expect(read(.text, [.text("```"), .finish(.length)]) == [.text("```"), .finish(.length)])
    }

    @Test("A stream and a whole answer read the same (S2)")
    func s2StreamAndWhole() async throws {
        let bytes =
            EventStreamFrame.text("Well.")
            + EventStreamFrame.event(
                "contentBlockStart",
                #"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"a","name":"json_answer"}}}"#)
            + EventStreamFrame.event(
                "contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"x\":"}}}"#)
            + EventStreamFrame.event(
                "contentBlockStart", #"{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"b","name":"now"}}}"#)
            + EventStreamFrame.event(
                "contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"1}"}}}"#)
            + EventStreamFrame.event("contentBlockStop", #"{"contentBlockIndex":1}"#)
            + EventStreamFrame.event("contentBlockStop", #"{"contentBlockIndex":2}"#)
            + EventStreamFrame.stop("tool_use")
        let reading = ConverseReading(structured: StructuredAnswer(Self.tool))
        let streamed = try await onLoop {
            let transport = ScriptedTransport(.answer(status: 200, headers: [:], body: bytes.map { .bytes([$0]) }))
            let response = try await transport.send(TransportRequest(url: "https://example.com"))
            let stream = ConverseStream(response, reading: reading)
            var answer = ChatAnswer()
            while let delta = try await stream.next() { for event in delta.events { answer.add(event) } }
            return answer
        }
        let whole = #"""
            {"output":{"message":{"content":[{"text":"Well."},
              {"toolUse":{"toolUseId":"a","name":"json_answer","input":{"x":1}}},
              {"toolUse":{"toolUseId":"b","name":"now","input":{}}}]}},"stopReason":"tool_use"}
            """#
        var answer = ChatAnswer()
        for event in try ConverseAnswer.delta(Array(whole.utf8), reading: reading).events { answer.add(event) }
        #expect(answer == streamed)
        #expect(answer.text == #"{"x":1}"#)
        #expect(answer.toolCalls == [ToolUse(id: "b", name: "now", arguments: "{}")])
        #expect(answer.finish == .toolCalls)
    }
}

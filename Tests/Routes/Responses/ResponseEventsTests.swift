import Core
import TestSupport
import Testing

@testable import Routes

@Suite struct ResponseEventsTests {
    private static let identity = ResponseIdentity(
        requestID: "r", created: Timestamp(milliseconds: 1_795_248_000_000), model: "m")

    /// Ten seconds after the answer was begun.
    private static var clock: ManualClock { ManualClock("2026-11-21T08:00:10Z") }

    private static func order(encrypted: Bool = false) -> ResponsesOrder {
        ResponsesOrder(
            request: ChatRequest(model: "m", messages: []), settings: ["store": false],
            includesEncryptedReasoning: encrypted)
    }

    /// The events that one delta each brings, and those of the end.
    private static func events(_ told: [ChatEvent], encrypted: Bool = false) throws -> [JSONObject] {
        var events = ResponseEvents(identity, order(encrypted: encrypted), clock: clock)
        var bytes = told.flatMap { events.render(ChatDelta([$0])) }
        bytes += events.renderEnd(usage: TokenUsage(input: 3, output: 2))
        return try parse(bytes)
    }

    private static func parse(_ bytes: [UInt8]) throws -> [JSONObject] {
        try String(decoding: bytes, as: UTF8.self).split(separator: "\n\n").map { block in
            let lines = block.split(separator: "\n")
            let object = try #require(try JSONParser.parse(Array(lines[1].dropFirst(6).utf8)).object)
            #expect(lines.count == 2 && lines[0] == "event: \(object["type"]?.string ?? "")")
            return object
        }
    }

    private static func items(_ events: [JSONObject]) -> [JSONObject] {
        events.last?["response"]?.object?["output"]?.array?.compactMap(\.object) ?? []
    }

    @Test("Calls that a provider writes at the same time stay apart, each with its place and its text")
    func interleaved() throws {
        let events = try Self.events([
            .toolStart(index: 0, id: "c0", name: "f"), .toolStart(index: 1, id: "c1", name: "g"),
            .toolArguments(index: 0, text: "{\"a\""), .toolArguments(index: 1, text: "[]"),
            .toolArguments(index: 0, text: ":1}"), .finish(.toolCalls),
        ])
        let items = Self.items(events)
        #expect(items.map { $0["arguments"] } == [#"{"a":1}"#, "[]"])
        #expect(items.map { $0["call_id"] } == ["c0", "c1"])
        let deltas = events.filter { $0["type"] == "response.function_call_arguments.delta" }
        #expect(deltas.map { $0["output_index"] } == [0, 1, 0])
        #expect(events.map { $0["sequence_number"]?.int } == Array(0..<events.count))
    }

    @Test("A call without arguments gets an empty object")
    func noArguments() throws {
        let events = try Self.events([
            .toolStart(index: 0, id: "c", name: "f"), .toolEnd(index: 0), .finish(.toolCalls),
        ])
        #expect(Self.items(events).first?["arguments"] == "{}")
        #expect(events.filter { $0["type"] == "response.output_item.done" }.count == 1)
    }

    @Test("Text, a call and text again are three items, and each delta names the item that it belongs to")
    func severalItems() throws {
        let events = try Self.events([
            .text("a"), .toolStart(index: 0, id: "c", name: "f"), .toolArguments(index: 0, text: "{}"),
            .toolEnd(index: 0), .text("b"), .text("c"), .finish(.stop),
        ])
        let items = Self.items(events)
        #expect(items.map { $0["type"] } == ["message", "function_call", "message"])
        #expect(Set(items.compactMap { $0["id"]?.string }).count == 3)
        for event in events where event["type"] == "response.output_text.delta" {
            let place = try #require(event["output_index"]?.int)
            #expect(event["item_id"] == items[place]["id"])
        }
    }

    @Test("Encrypted reasoning is shown to those who asked, with and without a text")
    func encrypted() throws {
        let told: [ChatEvent] = [
            .reasoning("hm"), .reasoningSignature("c2ln"), .redactedReasoning(data: "ZA=="),
            .reasoningSignature("eA=="),
            .text("a"), .finish(.stop),
        ]
        let shown = Self.items(try Self.events(told, encrypted: true))
        #expect(
            shown.prefix(3).map { $0["encrypted_content"]?.string } == [
                EncryptedReasoning.text(.thinking(text: "hm", signature: "c2ln")),
                EncryptedReasoning.text(.redacted(data: "ZA==")),
                EncryptedReasoning.text(.thinking(text: "", signature: "eA==")),
            ])
        let hidden = Self.items(try Self.events(told))
        #expect(hidden.allSatisfy { $0["encrypted_content"] == nil } && hidden.count == 4)
    }

    @Test("Only the last object of a complete answer says when that was, and which tier served it")
    func completion() throws {
        func told(_ finish: FinishReason) throws -> [JSONObject] {
            var events = ResponseEvents(Self.identity, Self.order(), clock: Self.clock)
            let bytes = events.render(ChatDelta([.text("a"), .finish(finish)], serviceTier: "flex"))
            return try Self.parse(bytes + events.renderEnd(usage: TokenUsage())).compactMap { $0["response"]?.object }
        }
        let whole = try told(.stop)
        #expect(whole.map { $0["completed_at"] } == [.null, .null, 1_795_248_010])
        #expect(whole.last?["service_tier"] == "flex")
        #expect(try told(.length).map { $0["completed_at"] } == [.null, .null, .null])
    }

    @Test("A failed answer tells what was complete, and no more")
    func failed() throws {
        var events = ResponseEvents(Self.identity, Self.order(), clock: Self.clock)
        _ = events.render(ChatDelta([.toolStart(index: 0, id: "c", name: "f"), .toolEnd(index: 0), .text("half")]))
        let last = try #require(try Self.parse(events.renderFailure(GatewayError.truncated())).last)
        let response = try #require(last["response"]?.object)
        #expect(last["type"] == "response.failed" && response["status"] == "failed")
        #expect(response["output"]?.array?.count == 1)
        #expect(response["error"] == ["code": "server_error", "message": "The provider's answer ended early."])
    }

    @Test("A whole answer has the items that the stream of the same answer ends with")
    func whole() throws {
        let told: [ChatEvent] = [
            .reasoning("hm"), .reasoningSignature("c2ln"), .text("a"), .text("b"),
            .toolStart(index: 0, id: "c", name: "f"), .toolArguments(index: 0, text: "{}"), .toolEnd(index: 0),
            .finish(.toolCalls),
        ]
        var answer = ChatAnswer()
        for event in told { answer.add(event) }
        let usage = TokenUsage(input: 3, output: 2)
        let whole = ResponseEvents.whole(answer, usage: usage, as: Self.identity, Self.order(), clock: Self.clock)
        #expect(try Self.events(told).last?["response"]?.object == whole)
        #expect(whole["usage"]?.object?["total_tokens"] == 5)
        #expect(whole["id"] == "resp_r" && whole["created_at"] == 1_795_248_000)
        #expect(whole["completed_at"] == 1_795_248_010)
    }
}

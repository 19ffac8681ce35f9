import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite struct ConverseStreamTests {
    /// What a stream gave until its end: events, and the error that ended it.
    struct Outcome: Sendable {
        var deltas: [[ChatEvent]] = []
        var error: GatewayError?
        var isCancelled = false
        var events: [ChatEvent] { deltas.flatMap { $0 } }
    }

    static let tools: [UInt8] =
        EventStreamFrame.event("messageStart", #"{"role":"assistant"}"#) + EventStreamFrame.text("I look. \"quoted\"\n")
        + EventStreamFrame.event(
            "contentBlockStart",
            #"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t1","name":"get_weather"}}}"#)
        + EventStreamFrame.event(
            "contentBlockStart", #"{"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":"t2","name":"now"}}}"#)
        + EventStreamFrame.event(
            "contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"c\":"}}}"#)
        + EventStreamFrame.event("contentBlockDelta", #"{"contentBlockIndex":3,"delta":{"toolUse":{"input":""}}}"#)
        + EventStreamFrame.event("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"1}"}}}"#)
        + EventStreamFrame.event("contentBlockStop", #"{"contentBlockIndex":1}"#)
        + EventStreamFrame.event("contentBlockStop", #"{"contentBlockIndex":3}"#) + EventStreamFrame.stop("tool_use")
        + EventStreamFrame.metadata

    static let toolEvents: [ChatEvent] = [
        .text("I look. \"quoted\"\n"), .toolStart(index: 0, id: "t1", name: "get.weather"),
        .toolStart(index: 1, id: "t2", name: "now"), .toolArguments(index: 0, text: "{\"c\":"),
        .toolArguments(index: 0, text: "1}"), .toolEnd(index: 0), .toolArguments(index: 1, text: "{}"),
        .toolEnd(index: 1), .finish(.toolCalls), .usage(TokenUsage(input: 7, output: 3)),
    ]

    static func run(_ steps: [ScriptedTransport.Step]) async throws -> Outcome {
        try await onLoop {
            let transport = ScriptedTransport(.answer(status: 200, headers: [:], body: steps))
            let response = try await transport.send(TransportRequest(url: "https://example.com"))
            let stream = ConverseStream(
                response, reading: ConverseReading(toolNames: ["get_weather": "get.weather"]))
            var outcome = Outcome()
            do throws(GatewayError) {
                while let delta = try await stream.next() { outcome.deltas.append(delta.events) }
            } catch {
                outcome.error = error
            }
            outcome.isCancelled = transport.responses[0].isCancelled
            return outcome
        }
    }

    static func run(_ bytes: [UInt8]) async throws -> Outcome { try await run([.bytes(bytes)]) }

    @Test("Text and tool calls become events, in one delta for one read (Z3, Z4, M10)")
    func whole() async throws {
        let outcome = try await Self.run(Self.tools)
        #expect(outcome.error == nil)
        #expect(outcome.deltas == [Self.toolEvents])
    }

    @Test("The same events come byte by byte and split at every offset")
    func splits() async throws {
        let bytewise = try await Self.run(Self.tools.map { .bytes([$0]) })
        #expect(bytewise.events == Self.toolEvents)
        for cut in 1..<Self.tools.count {
            let parts = [Array(Self.tools[..<cut]), Array(Self.tools[cut...])]
            let outcome = try await Self.run(parts.map { .bytes($0) })
            #expect(outcome.error == nil)
            #expect(outcome.events == Self.toolEvents, "cut at \(cut)")
        }
    }

    @Test("A stream that ends anywhere before its end is truncated, with the events until there (T6, Z9)")
    func truncated() async throws {
        let stop = Self.tools.count - EventStreamFrame.metadata.count
        for length in 0..<Self.tools.count where length != stop {
            let outcome = try await Self.run(length == 0 ? [] : [.bytes(Array(Self.tools[..<length]))])
            #expect(outcome.error?.code == GatewayError.truncatedCode, "cut at \(length)")
            #expect(Array(Self.toolEvents.prefix(outcome.events.count)) == outcome.events)
        }
        #expect(try await Self.run(Array(Self.tools[..<stop])).error == nil)
    }

    @Test("A connection that breaks is truncated, also after messageStop; a deadline is a 504")
    func broken() async throws {
        let whole = ScriptedTransport.Step.bytes(Self.tools)
        #expect(try await Self.run([whole, .failure(.cut("reset"))]).error?.code == GatewayError.truncatedCode)
        let late = try await Self.run([.bytes(EventStreamFrame.text("a")), .failure(.timeout(.idle))])
        #expect(late.events == [.text("a")])
        #expect(late.error?.status == 504)
        #expect(late.error?.code == "upstream_timeout")
        #expect(try await Self.run([.failure(.cancelled)]).error?.isCancelled == true)
    }

    @Test("Reasoning, its signature and hidden reasoning are events of their own (R3)")
    func reasoning() async throws {
        func delta(_ content: String) -> [UInt8] {
            EventStreamFrame.event(
                "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":\#(content)}}"#)
        }
        let bytes =
            delta(#"{"text":"I think"}"#) + delta(#"{"text":" so"}"#) + delta(#"{"signature":"c2ln"}"#)
            + delta(#"{"redactedContent":"AAEC"}"#) + EventStreamFrame.stop()
        #expect(
            try await Self.run(bytes).events == [
                .reasoning("I think"), .reasoning(" so"), .reasoningSignature("c2ln"), .redactedReasoning(data: "AAEC"),
                .finish(.stop),
            ])
    }

    @Test(
        "Stop reasons become OpenAI's, and unknown ones stop (R4)",
        arguments: [
            ("end_turn", FinishReason.stop), ("stop_sequence", .stop), ("tool_use", .toolCalls),
            ("max_tokens", .length),
            ("model_context_window_exceeded", .length), ("content_filtered", .contentFilter),
            ("guardrail_intervened", .contentFilter), ("malformed_tool_use", .stop), ("something_new", .stop),
        ])
    func finish(reason: String, expected: FinishReason) async throws {
        let outcome = try await Self.run(EventStreamFrame.text("x") + EventStreamFrame.stop(reason))
        #expect(outcome.events == [.text("x"), .finish(expected)])
    }

    @Test("Malformed output with nothing usable is a 502 (R4)")
    func malformed() async throws {
        let outcome = try await Self.run(EventStreamFrame.stop("malformed_model_output"))
        #expect(outcome.error?.status == 502)
        #expect(outcome.error?.message.contains("malformed_model_output") == false)
    }

    @Test("Unknown events, members, deltas, message types and service-side tools are ignored (T5)")
    func unknown() async throws {
        let bytes =
            EventStreamFrame.event("toolAddition", "not even JSON") + EventStreamFrame().bytes
            + EventStreamFrame(headers: [EventStreamHeader(name: ":message-type", value: .string("hint"))]).bytes
            + EventStreamFrame.event(
                "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"citation":{"title":"t"}}}"#)
            + EventStreamFrame.event(
                "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"image":{}},"new":[1,{"a":2}]}"#)
            + EventStreamFrame.event(
                "contentBlockDelta", #"{"new":{"x":[]},"delta":{"text":"a"},"contentBlockIndex":0}"#)
            + EventStreamFrame.event(
                "contentBlockStart",
                #"{"contentBlockIndex":4,"start":{"toolUse":{"toolUseId":"s","name":"web","type":"server_tool_use"}}}"#)
            + EventStreamFrame.event(
                "contentBlockDelta", #"{"contentBlockIndex":4,"delta":{"toolUse":{"input":"{}"}}}"#)
            + EventStreamFrame.event("contentBlockStop", #"{"contentBlockIndex":4}"#) + EventStreamFrame.stop()
        let outcome = try await Self.run(bytes)
        #expect(outcome.error == nil)
        #expect(outcome.events == [.text("a"), .finish(.stop)])
    }

    @Test("An exception frame comes after the events before it, and closes the connection (Z8, T4)")
    func exception() async throws {
        let bytes =
            EventStreamFrame.text("one")
            + EventStreamFrame.exception("throttlingException", #"{"message":"slow down"}"#)
        let outcome = try await Self.run([.bytes(bytes), .hold])
        #expect(outcome.events == [.text("one")])
        #expect(outcome.error?.status == 429)
        #expect(outcome.error?.code == "rate_limit_exceeded")
        #expect(outcome.isCancelled)
    }

    @Test(
        "Exceptions of the stream are told apart (5.10)",
        arguments: [
            ("internalServerException", 500), ("modelStreamErrorException", 502), ("validationException", 400),
            ("throttlingException", 429), ("serviceUnavailableException", 503), ("modelTimeoutException", 504),
            ("newException", 502),
        ])
    func exceptions(type: String, status: Int) async throws {
        let outcome = try await Self.run(EventStreamFrame.exception(type, #"{"message":"m"}"#))
        #expect(outcome.error?.status == status)
    }

    @Test("An error message is told by its code (T4)")
    func errorMessage() async throws {
        let outcome = try await Self.run(EventStreamFrame.error("InternalFailure", "it broke"))
        #expect(outcome.error?.status == 500)
        #expect(outcome.error?.providerText?.contains("it broke") == true)
    }

    @Test("Broken frames and unreadable events are a 502")
    func unreadable() async throws {
        var broken = EventStreamFrame.text("x")
        broken[20] ^= 1
        let outcome = try await Self.run(EventStreamFrame.text("a") + broken)
        #expect(outcome.events == [.text("a")])
        #expect(outcome.error?.status == 502)
        #expect(outcome.isCancelled)
        let garbled = try await Self.run(EventStreamFrame.event("contentBlockDelta", "{"))
        #expect(garbled.error?.status == 502)
    }

    @Test("An HTML page with status 200 is a 502, not a wait (E4)")
    func html() async throws {
        let outcome = try await Self.run(Array("<html><body>Bad gateway</body></html>".utf8))
        #expect(outcome.error?.status == 502)
    }

    @Test("An open call block is closed by messageStop")
    func unclosed() async throws {
        let bytes =
            EventStreamFrame.event(
                "contentBlockStart", #"{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t","name":"f"}}}"#)
            + EventStreamFrame.stop("tool_use")
        #expect(
            try await Self.run(bytes).events == [
                .toolStart(index: 0, id: "t", name: "f"), .toolArguments(index: 0, text: "{}"), .toolEnd(index: 0),
                .finish(.toolCalls),
            ])
    }

    @Test("3,000 random mutations of payloads with right checksums neither trap nor hang")
    func mutations() async throws {
        var generator = SeededGenerator(seed: 7)
        var decoder = EventStreamDecoder()
        decoder.append(Self.tools)
        var frames: [([EventStreamHeader], [UInt8])] = []
        while let message = try decoder.next() {
            frames.append((message.headers, Array(message.bytes[message.payload])))
        }
        for _ in 0..<3_000 {
            let (headers, original) = try #require(frames.randomElement(using: &generator))
            var payload = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !payload.isEmpty {
                let index = Int.random(in: 0..<payload.count, using: &generator)
                if Bool.random(using: &generator) {
                    payload.remove(at: index)
                } else {
                    payload[index] = UInt8.random(in: 0...255, using: &generator)
                }
            }
            var converse = ConverseEventDecoder(reading: ConverseReading())
            var events: [ChatEvent] = []
            var frame = EventStreamDecoder()
            frame.append(EventStreamFrame(headers: headers, payload: payload).bytes)
            let message = try #require(try frame.next())
            try? converse.decode(message, into: &events)
            #expect(events.count <= 3)
        }
    }
}

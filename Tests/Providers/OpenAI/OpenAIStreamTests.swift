import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite("Streams in OpenAI's dialect")
struct OpenAIStreamTests {
    private static var request: ChatRequest {
        var request = ChatRequest(model: "asked", messages: [ChatMessage(.user, [.text("hi")])])
        request.isStream = true
        request.openAIBody = ["model": "asked", "messages": [["role": "user", "content": "hi"]], "stream": true]
        return request
    }

    private static let hello = [
        #"{"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
        #"{"id":"x","choices":[{"index":0,"delta":{"content":"Hel"},"logprobs":{"content":[]}}]}"#,
        #"{"id":"x","choices":[{"index":0,"delta":{"content":"lo"}}]}"#,
        #"{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        #"{"id":"x","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":2,"#
            + #""prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":1}}}"#,
        "[DONE]",
    ]

    private static let helloEvents: [ChatEvent] = [
        .text("Hel"), .text("lo"), .finish(.stop), .usage(TokenUsage(input: 7, output: 2, cacheRead: 5, reasoning: 1)),
    ]

    @Test("Become events, and each chunk is passed on unchanged")
    func events() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.stream(Self.hello)
            let (deltas, error) = await upstream.call(Self.request)
            #expect(error == nil)
            #expect(deltas.flatMap(\.events) == Self.helloEvents)
            let chunks = deltas.flatMap(\.openAI).map { JSONValue.object($0).text }
            #expect(chunks == Array(Self.hello.dropLast()))
            #expect(deltas.count == 5)
        }
    }

    @Test("Are read alike when they are cut anywhere")
    func splits() async throws {
        try await onLoop {
            let bytes = Array(Self.hello.map { "data: \($0)\r\n\r\n" }.joined().utf8)
            for split in stride(from: 0, through: bytes.count, by: 1) {
                let upstream = FakeUpstream()
                upstream.steps = [.bytes(Array(bytes[..<split])), .bytes(Array(bytes[split...]))]
                let (deltas, error) = await upstream.call(Self.request)
                #expect(error == nil)
                #expect(deltas.flatMap(\.events) == Self.helloEvents, "at \(split)")
            }
            let upstream = FakeUpstream()
            upstream.steps = bytes.map { .bytes([$0]) }
            let single = await upstream.call(Self.request)
            #expect(single.deltas.flatMap(\.events) == Self.helloEvents)
        }
    }

    @Test("End cleanly after a finish reason, with or without the final mark")
    func withoutDone() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.stream(Array(Self.hello.dropLast()))
            let clean = await upstream.call(Self.request)
            #expect(clean.error == nil)
            upstream.steps.append(.fail(.cut("reset")))
            let cut = await upstream.call(Self.request)
            #expect(cut.error == nil)
            #expect(cut.deltas.flatMap(\.events) == Self.helloEvents)
        }
    }

    @Test("End early when there was no finish reason, or not one for each choice")
    func truncated() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.stream(Array(Self.hello.prefix(3)))
            let short = await upstream.call(Self.request)
            #expect(short.error?.code == GatewayError.truncatedCode)
            #expect(short.deltas.flatMap(\.events) == [.text("Hel"), .text("lo")])
            upstream.steps.append(.fail(.cut("reset")))
            #expect(await upstream.call(Self.request).error?.code == GatewayError.truncatedCode)
            upstream.steps = []
            #expect(await upstream.call(Self.request).error?.code == GatewayError.truncatedCode)
            var two = Self.request
            two.openAIBody?["n"] = 2
            upstream.stream(Array(Self.hello.dropLast()))
            #expect(await upstream.call(two).error?.code == GatewayError.truncatedCode)
        }
    }

    @Test("Tell an error that comes in a chunk, after what came before it")
    func errorChunk() async throws {
        try await onLoop {
            let cases: [(String, Int, String)] = [
                (#"{"error":{"message":"slow down","type":"rate_limit_error"}}"#, 429, "rate_limit_exceeded"),
                (#"{"error":{"message":"busy","code":"overloaded_error"}}"#, 503, "overloaded"),
                (#"{"error":{"message":"boom","code":500}}"#, 502, "upstream_error"),
                (#"{"error":"boom"}"#, 502, "upstream_error"),
                (#"{"error":{"message":"no money","code":"insufficient_quota"}}"#, 502, "upstream_quota"),
                (#"{"error":{"message":"bad","type":"invalid_request_error"}}"#, 400, "invalid_value"),
                ("{broken", 502, "upstream_error"), ("17", 502, "upstream_error"),
            ]
            for (line, status, code) in cases {
                let upstream = FakeUpstream()
                let text = (Self.hello.prefix(2) + [line]).map { "data: \($0)\n\n" }.joined()
                upstream.steps = [.bytes(Array(text.utf8)), .silence]
                let (deltas, error) = await upstream.call(Self.request)
                #expect(error?.status == status, "\(line)")
                #expect(error?.code == code, "\(line)")
                #expect(deltas.flatMap(\.events) == [.text("Hel")])
                #expect(upstream.responses.first?.isCancelled == true)
            }
        }
    }

    @Test("Carry tool calls with a dense index, however the upstream counts them")
    func tools() async throws {
        try await onLoop {
            let call = { (call: String) in #"{"choices":[{"index":0,"delta":{"tool_calls":["# + call + "]}}]}" }
            let upstream = FakeUpstream()
            upstream.stream([
                call(#"{"index":3,"id":"a","type":"function","function":{"name":"f","arguments":""}}"#),
                call(#"{"index":3,"function":{"arguments":"{\"x\""}}"#),
                call(#"{"index":7,"id":"b","function":{"name":"g","arguments":"{}"}}"#),
                call(#"{"index":3,"function":{"arguments":":1}"}}"#),
                call(#"{"index":7,"id":"c","function":{"name":"h","arguments":"{}"}}"#),
                call(#"{"function":{"arguments":"?"}}"#),
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#, "[DONE]",
            ])
            let (deltas, error) = await upstream.call(Self.request)
            #expect(error == nil)
            #expect(
                deltas.flatMap(\.events) == [
                    .toolStart(index: 0, id: "a", name: "f"), .toolArguments(index: 0, text: #"{"x""#),
                    .toolStart(index: 1, id: "b", name: "g"), .toolArguments(index: 1, text: "{}"),
                    .toolArguments(index: 0, text: ":1}"), .toolStart(index: 2, id: "c", name: "h"),
                    .toolArguments(index: 2, text: "{}"), .toolArguments(index: 2, text: "?"), .toolEnd(index: 0),
                    .toolEnd(index: 1), .toolEnd(index: 2), .finish(.toolCalls),
                ])
        }
    }

    @Test("Carry reasoning under either name, and a refusal as text")
    func reasoning() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.stream([
                #"{"choices":[{"delta":{"reasoning_content":"hm","reasoning":"hm"}}]}"#,
                #"{"choices":[{"delta":{"reasoning":"so"}}]}"#, #"{"choices":[{"delta":{"refusal":"no"}}]}"#,
                #"{"choices":[{"index":1,"delta":{"content":"other"}}]}"#,
                #"{"choices":[{"delta":{},"finish_reason":"strange"}],"usage":null}"#, "[DONE]",
            ])
            let (deltas, _) = await upstream.call(Self.request)
            #expect(deltas.flatMap(\.events) == [.reasoning("hm"), .reasoning("so"), .text("no"), .finish(.stop)])
        }
    }

    @Test("Leave the connection to be used again, but do not wait long for its end")
    func drain() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.stream(Self.hello)
            upstream.steps.append(.bytes([0x0a]))
            _ = await upstream.call(Self.request)
            #expect(upstream.responses.first?.isRead == true)
            #expect(upstream.responses.first?.isCancelled == false)
            upstream.steps.append(.silence)
            let (_, error) = await upstream.call(Self.request)
            #expect(error == nil)
            #expect(upstream.responses.last?.isCancelled == true)
        }
    }

    @Test("End when they are cancelled, also while nothing comes")
    func cancel() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.steps = [.silence]
            let target = ProviderTarget(
                model: "m", config: ["baseURL": "http://h"], requestID: "r", maxTokens: nil)
            let stream = try await OpenAICompatibleProvider(transport: upstream).open(Self.request, on: target)
            EventLoop.shared.schedule(after: .zero) { stream.cancel() }
            do throws(GatewayError) {
                _ = try await stream.next()
                Issue.record("the stream went on")
            } catch {
                #expect(error.isCancelled)
            }
        }
    }

    @Test("May be one whole answer, from an upstream that does not stream")
    func wholeInstead() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.answer(#"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#)
            let (deltas, error) = await upstream.call(Self.request)
            #expect(error == nil)
            #expect(deltas.flatMap(\.events) == [.text("hi"), .finish(.stop)])
            #expect(deltas.flatMap(\.openAI).isEmpty)
        }
    }

    @Test("A chunk of more than 256 KiB is read, and bytes that are no UTF-8 are replaced")
    func oddChunks() async throws {
        try await onLoop {
            let long = String(repeating: "x", count: 300_000)
            let upstream = FakeUpstream()
            upstream.stream([#"{"choices":[{"delta":{"content":"\#(long)"},"finish_reason":"stop"}]}"#, "[DONE]"])
            let large = await upstream.call(Self.request)
            #expect(large.deltas.flatMap(\.events).first == .text(long))
            let head = Array(#"data: {"choices":[{"delta":{"content":"a"#.utf8)
            let tail = Array((#"b"},"finish_reason":"stop"}]}"# + "\n\n").utf8)
            upstream.steps = [.bytes(head + [0xff] + tail)]
            let broken = await upstream.call(Self.request)
            #expect(broken.error == nil)
            #expect(broken.deltas.flatMap(\.events).first == .text("a\u{fffd}b"))
        }
    }
}

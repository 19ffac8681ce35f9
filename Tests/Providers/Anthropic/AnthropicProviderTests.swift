import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

private let address: JSONObject = ["baseURL": "https://up.example", "apiKey": "sk-ant-secret-1"]

extension FakeUpstream {
    /// Opens a call to Anthropic's API, and reads its stream to the end or the error.
    fileprivate func ask(
        _ request: ChatRequest, _ config: JSONObject = address, maxTokens: Int? = nil
    ) async -> (deltas: [ChatDelta], error: GatewayError?) {
        var deltas: [ChatDelta] = []
        do throws(GatewayError) {
            let target = ProviderTarget(model: "asked", config: config, requestID: "req", maxTokens: maxTokens)
            let stream = try await AnthropicProvider(transport: self).open(request, on: target)
            while let delta = try await stream.next() { deltas.append(delta) }
            return (deltas, nil)
        } catch {
            return (deltas, error)
        }
    }
}

private func passedThrough(_ body: JSONObject, isStream: Bool = false) -> ChatRequest {
    var request = ChatRequest(model: "asked", messages: [ChatMessage(.user, [.text("hi")])])
    request.isStream = isStream
    request.anthropic = AnthropicOriginal(body: body, version: "2024-01-01", betas: ["a-1", "b-2"])
    return request
}

private let hello: JSONObject = [
    "model": "asked", "max_tokens": 9, "messages": [["role": "user", "content": "hi"]], "unheard_of": [1, nil],
]

@Suite("Calls to Anthropic's API")
struct AnthropicProviderTests {
    static let events = [
        #"{"type":"message_start","message":{"id":"msg_1","model":"up","usage":{"input_tokens":7,"#
            + #""cache_read_input_tokens":20,"cache_creation_input_tokens":30,"cache_creation":"#
            + #"{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":1}}}"#,
        #"{"type":"ping"}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"eA=="}}"#,
        #"{"type":"content_block_stop","index":1}"#,
        #"{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"日本"}}"#,
        #"{"type":"content_block_stop","index":2}"#,
        #"{"type":"content_block_start","index":3,"content_block":{"type":"server_tool_use","id":"s","name":"web"}}"#,
        #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
        #"{"type":"content_block_stop","index":3}"#,
        #"{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}}"#,
        #"{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}"#,
        #"{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"1}"}}"#,
        #"{"type":"content_block_stop","index":4}"#,
        #"{"type":"content_block_start","index":5,"content_block":{"type":"tool_use","id":"t2","name":"g","input":{}}}"#,
        #"{"type":"content_block_stop","index":5}"#,
        #"{"type":"something_new","index":5}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":15}}"#,
        #"{"type":"message_stop"}"#,
    ]

    static let expected: [ChatEvent] = [
        .usage(TokenUsage(input: 7, output: 1, cacheRead: 20, cacheWrite: 10, cacheWriteOneHour: 20)),
        .reasoning("hm"), .reasoningSignature("c2ln"), .redactedReasoning(data: "eA=="), .text("日本"),
        .toolStart(index: 0, id: "t1", name: "f"), .toolArguments(index: 0, text: #"{"a":"#),
        .toolArguments(index: 0, text: "1}"), .toolEnd(index: 0), .toolStart(index: 1, id: "t2", name: "g"),
        .toolArguments(index: 1, text: "{}"), .toolEnd(index: 1), .finish(.toolCalls),
        .usage(TokenUsage(input: 7, output: 15, cacheRead: 20, cacheWrite: 10, cacheWriteOneHour: 20)),
    ]

    @Test("Pass a body through unchanged but for the model's name, with the client's version and both sides' betas")
    func passThrough() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.answer(#"{"content":[],"stop_reason":"end_turn"}"#)
            var config = address
            config["model"] = "claude-up"
            config["betas"] = ["b-2", "c-3"]
            #expect(await upstream.ask(passedThrough(hello), config).error == nil)
            var sent = hello
            sent["model"] = "claude-up"
            #expect(upstream.body == sent)
            let request = try #require(upstream.requests.last)
            #expect(request.url == "https://up.example/v1/messages")
            #expect(request.headers["x-api-key"] == "sk-ant-secret-1")
            #expect(request.headers["Authorization"] == nil)
            #expect(request.headers["anthropic-version"] == "2024-01-01")
            #expect(request.headers["anthropic-beta"] == "b-2,c-3,a-1")
        }
    }

    @Test("Take another provider's unsigned thinking out of a history, and nothing else")
    func unsigned() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.answer(#"{"content":[],"stop_reason":"end_turn"}"#)
            let kept: JSONValue = ["type": "thinking", "thinking": "t", "signature": "s"]
            let text: JSONValue = ["type": "text", "text": "x"]
            var body = hello
            body["messages"] = [
                ["role": "user", "content": "hi"],
                [
                    "role": "assistant",
                    "content": [["type": "thinking", "thinking": "u", "signature": ""], kept, text],
                ],
            ]
            _ = await upstream.ask(passedThrough(body))
            #expect(upstream.body["messages"]?.array?.last?.object?["content"] == [kept, text])
        }
    }

    @Test("Streams become events, and each event is passed on unchanged, however they are cut")
    func stream() async throws {
        try await onLoop {
            let bytes = Array(Self.events.map { "event: x\ndata: \($0)\n\n" }.joined().utf8)
            for split in stride(from: 0, through: bytes.count, by: 3) {
                let upstream = FakeUpstream()
                upstream.steps = [.bytes(Array(bytes[..<split])), .bytes(Array(bytes[split...]))].filter {
                    if case .bytes(let bytes) = $0 { !bytes.isEmpty } else { true }
                }
                let (deltas, error) = await upstream.ask(passedThrough(hello, isStream: true))
                #expect(error == nil)
                #expect(deltas.flatMap(\.events) == Self.expected, "at \(split)")
                #expect(deltas.flatMap(\.anthropic).map { JSONValue.object($0).text } == Self.events)
            }
            let upstream = FakeUpstream()
            upstream.steps = bytes.map { .bytes([$0]) }
            #expect(await upstream.ask(passedThrough(hello, isStream: true)).deltas.flatMap(\.events) == Self.expected)
        }
    }

    @Test("A client of another dialect is not told the events themselves")
    func otherDialect() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.stream(Self.events)
            var request = ChatRequest(model: "asked", messages: [ChatMessage(.user, [.text("hi")])])
            request.isStream = true
            let (deltas, error) = await upstream.ask(request)
            #expect(error == nil)
            #expect(deltas.flatMap(\.events) == Self.expected)
            #expect(deltas.flatMap(\.anthropic).isEmpty)
        }
    }

    @Test(
        "A stream that ends before message_stop is truncated, and one that fails before its first block costs nothing")
    func truncated() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.stream(Array(Self.events.dropLast()))
            let cut = await upstream.ask(passedThrough(hello, isStream: true))
            #expect(cut.error?.code == GatewayError.truncatedCode)
            upstream.stream([
                Self.events[0], #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            ])
            let failed = await upstream.ask(passedThrough(hello, isStream: true))
            #expect(failed.error?.status == 503)
            #expect(failed.deltas.flatMap(\.events).isEmpty)
            #expect(upstream.responses.last?.isCancelled == true)
        }
    }

    @Test("A whole message becomes the events of its blocks")
    func whole() async throws {
        try await onLoop {
            let message =
                #"{"id":"msg_1","content":[{"type":"thinking","thinking":"hm","signature":"c2ln"},"#
                + #"{"type":"text","text":"Hi"},{"type":"tool_use","id":"t","name":"f","input":{"a":1}}],"#
                + #""stop_reason":"stop_sequence","stop_sequence":"END","usage":{"input_tokens":3,"output_tokens":4}}"#
            let upstream = FakeUpstream()
            upstream.answer(message)
            let (deltas, error) = await upstream.ask(passedThrough(hello))
            #expect(error == nil)
            #expect(
                deltas.flatMap(\.events) == [
                    .reasoning("hm"), .reasoningSignature("c2ln"), .text("Hi"),
                    .toolStart(index: 0, id: "t", name: "f"), .toolArguments(index: 0, text: #"{"a":1}"#),
                    .toolEnd(index: 0), .stopSequence("END"), .finish(.stop), .usage(TokenUsage(input: 3, output: 4)),
                ])
            #expect(deltas.first?.anthropic.map { JSONValue.object($0).text } == [message])
        }
    }

    @Test(
        "Refusals keep what the client can mend, and hide the gateway's own account",
        arguments: [
            (400, "invalid_request_error", "messages: bad", 400, "invalid_value"),
            (400, "invalid_request_error", "prompt is too long: 2 > 1", 400, "context_length_exceeded"),
            (400, "invalid_request_error", "Your credit balance is too low to use", 502, "upstream_quota"),
            (401, "authentication_error", "invalid x-api-key sk-ant-secret-1", 502, "upstream_auth"),
            (404, "not_found_error", "model: up", 404, "model_not_found"),
            (413, "request_too_large", "too large", 413, "request_too_large"),
            (429, "rate_limit_error", "slow", 429, "rate_limit_exceeded"),
            (500, "api_error", "boom", 502, "upstream_error"), (529, "overloaded_error", "busy", 503, "overloaded"),
        ])
    func refusals(_ status: Int, _ type: String, _ message: String, _ expected: Int, _ code: String) async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.answer(#"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"}}"#, status: status)
            let error = await upstream.ask(passedThrough(hello)).error
            #expect(error?.status == expected)
            #expect(error?.code == code)
            #expect(error?.message.contains("secret") == false)
            #expect((error?.message == message) == (expected == 400 || expected == 413))
        }
    }

    @Test("Tokens are counted by the API itself, asked with the members that it takes for that")
    func count() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.answer(#"{"input_tokens":42}"#)
            var body = hello
            body["unheard_of"] = nil
            body["tools"] = []
            body["stream"] = true
            let provider = AnthropicProvider(transport: upstream)
            let target = ProviderTarget(model: "asked", config: address, requestID: "r", maxTokens: nil)
            let tokens = try await provider.countTokens(passedThrough(body, isStream: true), on: target)
            #expect(tokens == 42)
            #expect(upstream.requests.last?.url == "https://up.example/v1/messages/count_tokens")
            #expect(upstream.body.members.map(\.name).sorted() == ["messages", "model", "tools"])
            upstream.answer("{}")
            await #expect(throws: GatewayError.self) {
                try await provider.countTokens(passedThrough(body), on: target)
            }
        }
    }
}

@Suite("Configuration of an anthropic model")
struct AnthropicConfigTests {
    @Test(
        "Takes an address with or without what ends it",
        arguments: [
            (nil, "https://api.anthropic.com/v1/messages"), ("https://h", "https://h/v1/messages"),
            ("https://h/v1/", "https://h/v1/messages"), ("https://h/x/v1/messages", "https://h/x/v1/messages"),
        ] as [(String?, String)])
    func address(_ text: String?, _ url: String) throws {
        #expect(try AnthropicConfig(text.map { ["baseURL": .string($0)] } ?? [:]).messagesURL == url)
    }

    @Test(
        "Is refused by the name of the member at fault",
        arguments: [
            (["baseURL": "ftp://h"], "config.baseURL"), (["betas": ["a b"]], "config.betas[0]"),
            (["apiKey": "a\nb"], "config.apiKey"), (["headers": ["Host": "x"]], "config.headers.Host"),
            (["authHeader": "a b"], "config.authHeader"), (["version": ""], "config.version"),
            (["maxRetries": 11], "config.maxRetries"), (["baseUrl": "https://h"], "config.baseUrl"),
        ] as [(JSONObject, String)])
    func refused(_ config: JSONObject, _ param: String) async throws {
        try await onLoop {
            let provider = AnthropicProvider(transport: FakeUpstream())
            let error = #expect(throws: GatewayError.self) { try provider.check(config) }
            #expect(error?.status == 400)
            #expect(error?.param == param)
        }
    }

    @Test("Sends the key as a bearer token where it says so")
    func bearer() throws {
        let config = try AnthropicConfig(["apiKey": "k", "authHeader": "Authorization", "headers": ["X-A": "b"]])
        #expect(config.headers["authorization"] == "Bearer k")
        #expect(config.headers["x-api-key"] == nil)
        #expect(config.headers["x-a"] == "b")
    }
}

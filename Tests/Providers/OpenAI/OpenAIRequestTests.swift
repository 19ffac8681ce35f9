import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite("Calls in OpenAI's dialect")
struct OpenAIRequestTests {
    private static let base: JSONObject = ["baseURL": "https://up.example/v1"]

    private static func passThrough(_ body: JSONObject, stream: Bool) -> ChatRequest {
        var request = ChatRequest(model: "asked", messages: [])
        request.openAIBody = body
        request.isStream = stream
        return request
    }

    @Test("Pass the client's body through, with the model replaced and usage always asked for")
    func passThrough() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            let body: JSONObject = [
                "model": "asked", "messages": [], "seed": 7, "temperature": .number(JSONNumber(unchecked: "0.10")),
                "vendor": ["deep": [1, nil]],
                "stream": true, "stream_options": ["include_usage": false, "include_obfuscation": false],
                "session_id": "s", "anthropic_beta": ["b"],
            ]
            var config = Self.base
            config["model"] = "theirs"
            _ = await upstream.call(Self.passThrough(body, stream: true), config)
            let expected: JSONObject = [
                "model": "theirs", "messages": [], "seed": 7, "temperature": .number(JSONNumber(unchecked: "0.10")),
                "vendor": ["deep": [1, nil]],
                "stream": true, "stream_options": ["include_usage": true, "include_obfuscation": false],
            ]
            #expect(upstream.body == expected)
            _ = await upstream.call(Self.passThrough(body, stream: false))
            #expect(upstream.body["model"] == "asked")
            #expect(upstream.body["stream"] == false)
            #expect(upstream.body["stream_options"] == nil)
        }
    }

    @Test("Name a limit of tokens only where the client named none")
    func maxTokens() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            let openAI: JSONObject = ["baseURL": "https://api.openai.com/v1"]
            // body, config, target's limit -> max_tokens, max_completion_tokens
            let cases: [(JSONObject, JSONObject, Int?, JSONValue?, JSONValue?)] = [
                ([:], Self.base, nil, nil, nil), ([:], Self.base, 50, 50, nil), ([:], openAI, 50, nil, 50),
                (["max_tokens": 9], Self.base, 50, 9, nil), (["max_completion_tokens": 9], Self.base, 50, nil, 9),
                (["max_tokens": nil], openAI, 50, nil, 50),
            ]
            for (body, config, limit, tokens, completion) in cases {
                _ = await upstream.call(Self.passThrough(body, stream: true), config, maxTokens: limit)
                #expect(upstream.body["max_tokens"] == tokens)
                #expect(upstream.body["max_completion_tokens"] == completion)
            }
        }
    }

    @Test("Take another provider's signed reasoning out of the history")
    func thinkingBlocks() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            let body: JSONObject = [
                "messages": [
                    ["role": "assistant", "content": "a", "thinking_blocks": [["type": "thinking"]]],
                    ["role": "user", "content": "b"],
                ]
            ]
            _ = await upstream.call(Self.passThrough(body, stream: true))
            let expected: JSONValue = [["role": "assistant", "content": "a"], ["role": "user", "content": "b"]]
            #expect(upstream.body["messages"] == expected)
        }
    }

    @Test("Carry the configured address, query, key and header fields")
    func head() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            let azure: JSONObject = [
                "baseURL": "https://x.openai.azure.com/openai/deployments/d/", "apiKey": "k-1", "authHeader": "api-key",
                "query": ["api-version": "2024-10-21", "a b": "c&d"], "headers": ["X-Team": "t"],
                "timeouts": ["connect_ms": 1, "first_byte_ms": 2, "idle_ms": 3, "total_ms": 4],
            ]
            _ = await upstream.call(Self.passThrough([:], stream: true), azure)
            let sent = try #require(upstream.requests.last)
            #expect(
                sent.url == "https://x.openai.azure.com/openai/deployments/d/chat/completions"
                    + "?api-version=2024-10-21&a%20b=c%26d")
            #expect(sent.method == "POST")
            #expect(sent.headers["api-key"] == "k-1")
            #expect(sent.headers["Authorization"] == nil)
            #expect(sent.headers["X-Team"] == "t")
            #expect(sent.headers["Accept"] == "text/event-stream")
            #expect(
                sent.deadlines
                    == Deadlines(
                        connect: .milliseconds(1), firstByte: .milliseconds(2), idle: .milliseconds(3),
                        total: .milliseconds(4)))
            var plain = Self.base
            plain["apiKey"] = "k-2"
            _ = await upstream.call(Self.passThrough([:], stream: false), plain)
            #expect(upstream.requests.last?.headers["Authorization"] == "Bearer k-2")
            #expect(upstream.requests.last?.headers["Accept"] == "application/json")
            #expect(upstream.requests.last?.url == "https://up.example/v1/chat/completions")
        }
    }

    @Test("Follow a changed configuration at once")
    func changedConfig() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            let provider = OpenAICompatibleProvider(transport: upstream)
            for host in ["a", "b"] {
                let target = ProviderTarget(
                    model: "m", config: ["baseURL": .string("http://\(host)")], requestID: "r", maxTokens: nil)
                _ = try await provider.open(Self.passThrough([:], stream: true), on: target)
                #expect(upstream.requests.last?.url == "http://\(host)/chat/completions")
            }
        }
    }

    @Test("Are written from the gateway's own values when they came in another dialect")
    func translated() async throws {
        try await onLoop {
            let image = ContentPart(.image(.base64("QUJD", mediaType: "image/png")))
            var request = ChatRequest(
                model: "asked",
                messages: [
                    ChatMessage(.system, [.text("sys")]), ChatMessage(.user, [.text("look"), image]),
                    ChatMessage(
                        .assistant,
                        [
                            ContentPart(.reasoning(.thinking(text: "hm", signature: "s"))),
                            ContentPart(.toolUse(ToolUse(id: "t1", name: "f", arguments: ""))),
                        ]),
                    ChatMessage(
                        .user,
                        [
                            ContentPart(.toolResult(ToolResult(toolUseID: "t1", parts: [.text("r"), image]))),
                            .text("go on"),
                        ]),
                ])
            request.tools = [ToolDefinition(name: "f", description: "F.", parameters: ["type": "object"])]
            request.toolChoice = .named("f")
            request.temperature = JSONNumber(0)
            request.stop = ["END"]
            request.maxTokens = 5
            let upstream = FakeUpstream()
            _ = await upstream.call(request, maxTokens: 5)
            let url: JSONValue = ["type": "image_url", "image_url": ["url": "data:image/png;base64,QUJD"]]
            let expected: JSONObject = [
                "model": "asked", "stream": false, "max_tokens": 5, "temperature": 0, "stop": ["END"],
                "messages": [
                    ["role": "system", "content": "sys"],
                    ["role": "user", "content": [["type": "text", "text": "look"], url]],
                    [
                        "role": "assistant", "content": nil,
                        "tool_calls": [
                            ["id": "t1", "type": "function", "function": ["name": "f", "arguments": "{}"]]
                        ],
                    ],
                    ["role": "tool", "tool_call_id": "t1", "content": "r"],
                    ["role": "user", "content": [url, ["type": "text", "text": "go on"]]],
                ],
                "tools": [
                    [
                        "type": "function",
                        "function": ["name": "f", "description": "F.", "parameters": ["type": "object"]],
                    ]
                ],
                "tool_choice": ["type": "function", "function": ["name": "f"]],
            ]
            #expect(upstream.body == expected)
        }
    }

    @Test("A file by address is refused by name, since the dialect has no place for it")
    func fileByAddress() async throws {
        try await onLoop {
            let document = ContentPart(.document(.url("https://x/y.pdf"), name: nil))
            let request = ChatRequest(model: "m", messages: [ChatMessage(.user, [.text("a"), document])])
            let (_, error) = await FakeUpstream().call(request)
            #expect(error?.status == 400)
            #expect(error?.param == "messages[0].content[1]")
        }
    }

    @Test("A large body is written on a helper thread")
    func largeBody() async throws {
        try await onLoop {
            var request = Self.passThrough(["x": .string(String(repeating: "y", count: 300_000))], stream: true)
            request.byteCount = 300_010
            let upstream = FakeUpstream()
            _ = await upstream.call(request)
            #expect(upstream.body["x"]?.string?.utf8.count == 300_000)
        }
    }
}

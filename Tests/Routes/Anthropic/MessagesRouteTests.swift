import Core
import EventLoop
import Gateway
import TestSupport
import Testing

@testable import Routes

private let key = KeyRecord(
    id: KeyID(rawValue: 1), name: "k", role: .user, maskedKey: "br-abc…wxyz", monthQuota: nil,
    createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0))

extension ScriptedGateway: TokenCounting {
    func countTokens(
        _ request: ChatRequest, for key: KeyRecord, call: CallContext
    ) async throws(GatewayError) -> TokenCount {
        if request.model == "known" { return TokenCount(tokens: 42, isEstimated: false) }
        return .estimate(of: request)
    }
}

private func post(_ members: String, path: String = "/v1/messages", headers: HeaderFields = [:]) -> RecordedExchange {
    let body = #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi there"}]\#(members)}"#
    return RecordedExchange("POST", path, headers: headers, body: Array(body.utf8), id: "req-1")
}

/// Runs the route; answers what it threw.
@LoopActor
private func run(
    _ gateway: ScriptedGateway, _ exchange: RecordedExchange, silence: Duration = .seconds(15), bodyLimit: Int = 1000
) async -> GatewayError? {
    let route = MessagesRoute(gateway: gateway, bodyLimit: bodyLimit, heartbeatSilence: silence)
    do throws(GatewayError) {
        try await exchange.request.path.hasSuffix("count_tokens")
            ? route.count(exchange, key: key) : route.handle(exchange, key: key)
        return nil
    } catch {
        return error
    }
}

private let hello: [ScriptedGateway.Step] = [
    .deliver(ChatDelta([.reasoning("hm"), .reasoningSignature("c2ln"), .text("Hel")])),
    .deliver(
        ChatDelta([
            .text("lo"), .toolStart(index: 0, id: "t", name: "f"), .toolArguments(index: 0, text: #"{"a":1}"#),
            .toolEnd(index: 0), .text("after"), .finish(.toolCalls),
        ])),
]

@Suite("POST /v1/messages", .timeLimit(.minutes(1)))
struct MessagesRouteTests {
    @Test("A whole answer is a message whose blocks stand in the model's order")
    func whole() async throws {
        try await onLoop {
            let gateway = ScriptedGateway(hello, usage: TokenUsage(input: 3, output: 2, cacheWriteOneHour: 7))
            let exchange = post("", headers: ["anthropic-beta": "a-1", "X-Claude-Code-Session-Id": "s"])
            #expect(await run(gateway, exchange) == nil)
            #expect(exchange.status == 200)
            let message = try #require(exchange.json?.object)
            #expect(message["id"] == "msg_req-1" && message["type"] == "message" && message["model"] == "m")
            #expect(
                message["content"] == [
                    ["type": "thinking", "thinking": "hm", "signature": "c2ln"],
                    ["type": "text", "text": "Hello", "citations": nil],
                    [
                        "type": "tool_use", "id": "t", "name": "f", "input": ["a": 1], "caller": ["type": "direct"],
                    ],
                    ["type": "text", "text": "after", "citations": nil],
                ])
            #expect(message["stop_reason"] == "tool_use")
            let usage = try #require(message["usage"]?.object)
            #expect(usage["cache_creation_input_tokens"]?.int == 7)
            #expect(usage["cache_creation"]?.object?["ephemeral_1h_input_tokens"]?.int == 7)
            #expect(usage["service_tier"] == "standard" && usage["output_tokens_details"] == .null)
            #expect(message["stop_details"] == .null && message["container"] == .null)
            #expect(gateway.calls.map(\.sessionID) == ["s"])
            #expect(gateway.requests.first?.anthropic?.betas == ["a-1"])
            #expect(exchange.violations.isEmpty)
        }
    }

    @Test("A provider's own message is answered as it is, but for the model's name")
    func own() async throws {
        try await onLoop {
            let own: JSONObject = ["id": "msg_up", "model": "up", "content": [["type": "new"]], "usage": ["x": 1]]
            let exchange = post("")
            let gateway = ScriptedGateway([.deliver(ChatDelta([.text("x")], anthropic: [own]))])
            #expect(await run(gateway, exchange) == nil)
            #expect(exchange.text == #"{"id":"msg_up","model":"m","content":[{"type":"new"}],"usage":{"x":1}}"#)
        }
    }

    @Test("A stream ends only after the record is durable")
    func stream() async throws {
        try await onLoop {
            let gateway = ScriptedGateway(hello)
            let exchange = post(#","stream":true"#)
            var before = ""
            gateway.onReturn = { before = exchange.text }
            #expect(await run(gateway, exchange) == nil)
            #expect(exchange.header("Content-Type") == "text/event-stream; charset=utf-8")
            #expect(before.contains("content_block_delta") && !before.contains("message_delta"))
            #expect(exchange.text.hasSuffix("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"))
            #expect(exchange.isEnded && exchange.violations.isEmpty)
        }
    }

    @Test("A long silence is filled with pings of the dialect")
    func ping() async throws {
        try await onLoop {
            let exchange = post(#","stream":true"#)
            var pings = 0
            exchange.onWrite = { bytes in
                if bytes == MessageStreamRenderer.heartbeat { pings += 1 }
            }
            let gateway = ScriptedGateway([
                .deliver(ChatDelta([.text("a")])),
                .run { while pings < 2 { try? await EventLoop.shared.sleep(for: .milliseconds(1)) } },
            ])
            #expect(await run(gateway, exchange, silence: .milliseconds(2)) == nil)
            #expect(pings >= 2)
        }
    }

    @Test("A failure before the answer is thrown for the router, one in the middle is told in the stream")
    func failures() async throws {
        try await onLoop {
            let first = post(#","stream":true"#)
            #expect(await run(ScriptedGateway([.fail(.truncated())]), first)?.status == 502)
            #expect(first.status == nil)
            let later = post(#","stream":true"#)
            let gateway = ScriptedGateway([.deliver(ChatDelta([.text("a")])), .fail(.truncated())])
            #expect(await run(gateway, later)?.status == 502)
            #expect(later.text.contains("event: error\n") && !later.text.contains("message_stop"))
            #expect(later.isEnded)
            #expect(await run(ScriptedGateway([]), post(""), bodyLimit: 3)?.status == 413)
        }
    }

    @Test("A count is the provider's, or an estimate that is marked so")
    func count() async throws {
        try await onLoop {
            let estimated = post("", path: "/v1/messages/count_tokens")
            #expect(await run(ScriptedGateway([]), estimated) == nil)
            // Eight bytes of text, and the allowance for a message.
            #expect(estimated.text == #"{"input_tokens":11}"#)
            #expect(estimated.header("x-brook-estimated") == "true")
            let known = post(#","model":"known""#, path: "/v1/messages/count_tokens")
            #expect(await run(ScriptedGateway([]), known) == nil)
            #expect(known.text == #"{"input_tokens":42}"#)
            #expect(known.header("x-brook-estimated") == nil)
        }
    }

    @Test("Refusals come in Anthropic's shape, with the request's id where its clients look")
    func dialect() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("POST", "/v1/messages", as: .garbage, json: "{}")
            #expect(answer.status == 401)
            #expect(answer.json?.object?["type"] == "error")
            #expect(answer.json?.object?["error"]?.object?["type"] == "authentication_error")
            #expect(answer.json?.object?["request_id"] == "req-test")
            #expect(answer.header("request-id") == "req-test")
            let other = await world.send("POST", "/v1/chat/completions", as: .garbage, json: "{}")
            #expect(other.header("request-id") == nil)
        }
    }
}

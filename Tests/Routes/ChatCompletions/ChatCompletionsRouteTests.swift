import Core
import EventLoop
import Gateway
import TestSupport
import Testing

@testable import Routes

private let key = KeyRecord(
    id: KeyID(rawValue: 1), name: "k", role: .user, maskedKey: "br-abc…wxyz", monthQuota: nil,
    createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0))

private let streamBody = chatBody(#""stream":true"#)
private let hello: [ScriptedGateway.Step] = [
    .deliver(ChatDelta([.text("Hel")])), .deliver(ChatDelta([.text("lo")])), .deliver(ChatDelta([.finish(.stop)])),
]

/// Runs the route; answers what it threw.
@LoopActor
private func run(
    _ gateway: ScriptedGateway, _ exchange: RecordedExchange, silence: Duration = .seconds(15)
) async -> GatewayError? {
    let route = ChatCompletionsRoute(gateway: gateway, clock: ManualClock(), heartbeatSilence: silence)
    do throws(GatewayError) {
        try await route.handle(exchange, key: key)
        return nil
    } catch {
        return error
    }
}

private func post(_ body: String, headers: HeaderFields = [:]) -> RecordedExchange {
    RecordedExchange("POST", "/v1/chat/completions", headers: headers, body: Array(body.utf8), id: "req-1")
}

@Suite("POST /v1/chat/completions", .timeLimit(.minutes(1)))
struct ChatCompletionsRouteTests {
    @Test("a whole answer is one JSON object")
    func whole() async throws {
        try await onLoop {
            let gateway = ScriptedGateway(hello)
            let exchange = post(chatBody())
            #expect(await run(gateway, exchange) == nil)
            #expect(exchange.status == 200)
            #expect(exchange.header("content-type") == "application/json")
            let object = try #require(exchange.json?.object)
            #expect(object["id"] == "chatcmpl-req-1")
            #expect(object["created"]?.int == 1_795_248_000)
            #expect(object["choices"]?.array?.first?.object?["message"]?.object?["content"] == "Hello")
            #expect(object["usage"]?.object?["total_tokens"]?.int == 5)
            #expect(exchange.violations.isEmpty)
            #expect(gateway.calls.map(\.requestID) == ["req-1"])
        }
    }

    @Test(
        "a stream is one write for each delta, with the head of an event stream, and ends after the record is durable")
    func stream() async throws {
        try await onLoop {
            let gateway = ScriptedGateway(hello)
            let exchange = post(streamBody)
            var sentBeforeReturn = ""
            gateway.onReturn = { sentBeforeReturn = exchange.text }
            #expect(await run(gateway, exchange) == nil)
            #expect(exchange.status == 200)
            #expect(exchange.header("Content-Type") == "text/event-stream; charset=utf-8")
            #expect(exchange.header("Cache-Control") == "no-cache")
            #expect(exchange.header("X-Accel-Buffering") == "no")
            #expect(exchange.pieces.count == 4)
            #expect(sentBeforeReturn.contains(#""finish_reason":"stop""#) && !sentBeforeReturn.contains("[DONE]"))
            #expect(exchange.text.hasSuffix("\n\ndata: [DONE]\n\n"))
            #expect(!exchange.text.contains("usage"))
            #expect(exchange.isEnded && exchange.violations.isEmpty)
        }
    }

    @Test("usage that was asked for comes just before the end")
    func usage() async throws {
        try await onLoop {
            let exchange = post(chatBody(#""stream":true,"stream_options":{"include_usage":true}"#))
            #expect(await run(ScriptedGateway(hello), exchange) == nil)
            let events = exchange.text.split(separator: "\n\n")
            #expect(events.count == 6)
            #expect(events[4].contains(#""choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2"#))
            #expect(events.dropLast(2).allSatisfy { $0.contains(#""usage":null"#) })
        }
    }

    @Test("a failure before the first delta is thrown with nothing sent, streamed or not")
    func earlyFailure() async throws {
        try await onLoop {
            for body in [chatBody(), streamBody] {
                let unseen = ScriptedGateway.Step.deliver(ChatDelta([.usage(TokenUsage())]))
                let gateway = ScriptedGateway([unseen, .fail(.rateLimited("slow", retryAfterSeconds: 2))])
                let exchange = post(body)
                let error = await run(gateway, exchange)
                #expect(error?.status == 429)
                #expect(exchange.head == nil && exchange.pieces.isEmpty && !exchange.isEnded)
            }
        }
    }

    @Test("a failure after the first delta is an error event without [DONE], and is thrown on for the log")
    func lateFailure() async throws {
        try await onLoop {
            for error in [GatewayError.truncated(cause: "cut"), .rateLimited("slow", retryAfterSeconds: 2)] {
                let gateway = ScriptedGateway([.deliver(ChatDelta([.text("a")])), .fail(error)])
                let exchange = post(streamBody)
                #expect(await run(gateway, exchange)?.code == error.code)
                #expect(exchange.status == 200)
                let last = try #require(exchange.pieces.last)
                #expect(last == ChunkRenderer.render(error))
                #expect(!exchange.text.contains("[DONE]") && !exchange.text.contains("cut"))
                #expect(exchange.isEnded && exchange.violations.isEmpty)
            }
        }
    }

    @Test("a client that goes makes delivery throw cancelled, and nothing more is sent", arguments: 0..<5)
    func gone(_ sends: Int) async throws {
        try await onLoop {
            let gateway = ScriptedGateway(hello)
            let exchange = post(streamBody)
            exchange.sendsUntilGone = sends
            let error = await run(gateway, exchange)
            #expect(error?.isCancelled == true)
            #expect((gateway.deliveryFailure?.isCancelled ?? false) == (sends < 4))
            #expect(!exchange.text.contains("error") && !exchange.text.contains("[DONE]"))
            #expect(exchange.violations.isEmpty)
        }
    }

    @Test("a client that goes before a whole answer is a cancelled call")
    func goneWhole() async throws {
        try await onLoop {
            let exchange = post(chatBody())
            exchange.sendsUntilGone = 0
            #expect(await run(ScriptedGateway(hello), exchange)?.isCancelled == true)
        }
    }

    @Test("a call that the gateway cancelled sends no error event")
    func cancelled() async throws {
        try await onLoop {
            let exchange = post(streamBody)
            let error = await run(ScriptedGateway([.deliver(ChatDelta([.text("a")])), .fail(.cancelled)]), exchange)
            #expect(error?.isCancelled == true)
            #expect(exchange.pieces.count == 1 && !exchange.isEnded)
        }
    }

    @Test("a provider's own chunks and answers pass through")
    func passThrough() async throws {
        try await onLoop {
            let own: JSONObject = ["id": "up", "model": "up", "choices": [["index": 0, "x_logprobs": true]]]
            let steps: [ScriptedGateway.Step] = [.deliver(ChatDelta([.text("a"), .finish(.stop)], openAI: [own]))]
            for body in [chatBody(), streamBody] {
                let exchange = post(body)
                #expect(await run(ScriptedGateway(steps), exchange) == nil)
                #expect(
                    exchange.text.contains(
                        #""id":"chatcmpl-req-1","model":"m","choices":[{"index":0,"x_logprobs":true}]"#))
                #expect(!exchange.text.contains("\"content\":\"a\""))
            }
        }
    }

    @Test("bad input is refused before the gateway is asked")
    func badInput() async throws {
        try await onLoop {
            for body in ["", "{", "[]", #"{"model":"m"}"#] {
                let gateway = ScriptedGateway(hello)
                let exchange = post(body)
                #expect(await run(gateway, exchange)?.status == 400)
                #expect(gateway.requests.isEmpty && exchange.head == nil)
            }
        }
    }

    @Test("a body over the limit is 413, and a large one below it is read")
    func large() async throws {
        try await onLoop {
            let image = String(repeating: "A", count: 1_000_000)
            let part = #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(image)"}}"#
            let body = #"{"model":"m","messages":[{"role":"user","content":[\#(part)]}]}"#
            let gateway = ScriptedGateway(hello)
            #expect(await run(gateway, post(body)) == nil)
            let content = gateway.requests.first?.messages.first?.parts.first?.content
            #expect(content == .image(.base64(image, mediaType: "image/png")))
            let broken = body.replacing("AAAA", with: "A?AA", maxReplacements: 1)
            #expect(await run(gateway, post(broken))?.param == "messages[0].content[0].image_url.url")

            let route = ChatCompletionsRoute(gateway: gateway, clock: ManualClock(), bodyLimit: 1000)
            await #expect(throws: GatewayError.self) { try await route.handle(post(body), key: key) }
        }
    }

    @Test(
        "Session-Id reaches the gateway trimmed",
        arguments: [(" s 1\t", "s 1"), ("", nil), ("  ", nil), ("é漢", "é漢")] as [(String, String?)])
    func session(_ value: String, _ expected: String?) async throws {
        try await onLoop {
            let gateway = ScriptedGateway(hello)
            #expect(await run(gateway, post(chatBody(), headers: ["session-id": value])) == nil)
            #expect(gateway.calls.first?.sessionID == expected)
        }
    }

    @Test(
        "a Session-Id that is too long or cannot be printed is a 400 that names it",
        arguments: [String(repeating: "a", count: 129), "a\u{1}b", "a\u{7f}", "a\u{202e}b", "a\nb", "\u{fffd}"])
    func badSession(_ value: String) async throws {
        try await onLoop {
            let gateway = ScriptedGateway(hello)
            let error = await run(gateway, post(chatBody(), headers: ["Session-Id": value]))
            #expect(error?.status == 400 && error?.param == "Session-Id")
            #expect(gateway.calls.isEmpty)
            let longest = String(repeating: "a", count: 128)
            #expect(await run(gateway, post(chatBody(), headers: ["Session-Id": longest])) == nil)
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct RouterTests {
    @Test("An error has the shape of its surface")
    func dialects() async throws {
        try await onLoop {
            let world = try await World()
            let openAI = await world.send("GET", "/v1/models", as: .garbage)
            #expect(
                openAI.text
                    == #"{"error":{"message":"Incorrect API key.","type":"authentication_error","param":null,"code":"invalid_api_key"}}"#
            )
            let management = await world.send("GET", "/admin/model/list", as: .garbage)
            #expect(
                management.text
                    == #"{"success":false,"data":"Incorrect API key.","error":{"message":"Incorrect API key.","type":"authentication_error","code":"invalid_api_key","request_id":"req-test"}}"#
            )
            let anthropic = await world.send("POST", "/v1/messages/x", as: .user)
            #expect(
                anthropic.text
                    == #"{"type":"error","error":{"type":"not_found_error","message":"There is no POST /v1/messages/x."},"request_id":"req-test"}"#
            )
        }
    }

    @Test(
        "The path alone decides the dialect",
        arguments: [
            ("/v1/chat/completions", Dialect.openAI), ("/v1/messages", .anthropic),
            ("/v1/messages/count_tokens", .anthropic), ("/v1/messagesx", .openAI), ("/admin", .management),
            ("/administrator", .openAI), ("/user/x", .management), ("/bot/feishu/a", .management), ("/", .openAI),
            ("", .openAI), ("/messages", .openAI),
        ])
    func dialect(path: String, expected: Dialect) {
        #expect(Dialect(path: path) == expected)
    }

    @Test("Header fields tell a client whether and when to try again")
    func retryHeaders() {
        let limited = ErrorRenderer.response(
            .rateLimited("Slow down.", retryAfterSeconds: 7), dialect: .openAI, requestID: "r")
        #expect(limited.head.status == 429 && limited.head.headers["Retry-After"] == "7")
        #expect(limited.head.headers["x-should-retry"] == nil)
        let exhausted = ErrorRenderer.response(.insufficientQuota("Nothing left."), dialect: .openAI, requestID: "r")
        #expect(exhausted.head.status == 429 && exhausted.head.headers["x-should-retry"] == "false")
        #expect(exhausted.head.headers["Retry-After"] == nil)
        #expect(exhausted.head.headers["Content-Type"] == "application/json")
    }

    @Test(
        "An error of each status is rendered as Anthropic names it",
        arguments: [
            (400, "invalid_request_error"), (401, "authentication_error"), (403, "permission_error"),
            (404, "not_found_error"), (413, "request_too_large"), (429, "rate_limit_error"), (500, "api_error"),
            (502, "api_error"), (503, "overloaded_error"), (504, "timeout_error"),
        ])
    func anthropic(status: Int, type: String) {
        let error = GatewayError(status: status, type: "t", code: "c", message: "m")
        let body = ErrorRenderer.body(error, dialect: .anthropic, requestID: "r")
        #expect(body == ["type": "error", "error": ["type": .string(type), "message": "m"], "request_id": "r"])
    }

    @Test("What a route throws is rendered, and its cause only logged")
    func thrown() async throws {
        try await onLoop {
            let world = try await World()
            world.onChat = { _, _ throws(GatewayError) in throw .internal(cause: "the private cause") }
            let answer = await world.send("POST", "/v1/chat/completions", as: .user, json: "{}")
            #expect(answer.status == 500)
            #expect(!answer.text.contains("private"))
            #expect(answer.header("x-request-id") == "req-test")
            #expect(world.log.lines.count == 1)
            #expect(world.log.lines[0].contains("cause=the private cause"))
            #expect(world.log.lines[0].contains("route=POST /v1/chat/completions"))
        }
    }

    @Test("A route that answers nothing is answered for")
    func silentRoute() async throws {
        try await onLoop {
            let world = try await World()
            world.onChat = { _, _ throws(GatewayError) in }
            let answer = await world.send("POST", "/v1/chat/completions", as: .user, json: "{}")
            #expect(answer.status == 500)
        }
    }

    @Test("An answer that had begun when its route failed is ended, not answered a second time")
    func failureAfterBegin() async throws {
        try await onLoop {
            let world = try await World()
            world.onChat = { exchange, _ throws(GatewayError) in
                do throws(ClientGone) {
                    try await exchange.begin(HTTPResponse.Head(status: 200))
                    try await exchange.write([65])
                } catch { throw .cancelled }
                throw .upstream("gone")
            }
            let answer = await world.send("POST", "/v1/chat/completions", as: .user, json: "{}")
            #expect(answer.status == 200 && answer.text == "A" && answer.isEnded)
            #expect(answer.violations == [])
            #expect(answer.header("x-request-id") == "req-test")
        }
    }

    @Test("A client that has gone is told nothing, and nothing is logged")
    func clientGone() async throws {
        try await onLoop {
            let world = try await World()
            for caller in [World.Caller.user, .garbage] {
                let exchange = RecordedExchange("GET", "/v1/models", key: caller.key)
                exchange.sendsUntilGone = 0
                await world.router.handle(exchange)
                #expect(exchange.status == nil && exchange.violations == [])
            }
            world.onChat = { _, _ throws(GatewayError) in throw .cancelled }
            let answer = await world.send("POST", "/v1/chat/completions", as: .user, json: "{}")
            #expect(answer.status == nil)
            #expect(world.log.lines.isEmpty)
            #expect(world.metrics.snapshot().gauges[.requestsInFlight] == 0)
        }
    }

    @Test("Requests, those in flight and the classes of their statuses are counted")
    func counters() async throws {
        try await onLoop {
            let world = try await World()
            let metrics = world.metrics
            world.onChat = { exchange, _ throws(GatewayError) in
                #expect(metrics.snapshot().gauges[.requestsInFlight] == 1)
                do throws(ClientGone) { try await exchange.respond(HTTPResponse(json: [:])) } catch {
                    throw .cancelled
                }
            }
            _ = await world.send("POST", "/v1/chat/completions", as: .user)
            _ = await world.send("GET", "/nowhere")
            world.storage.failure = .unavailable("gone")
            _ = await world.send("GET", "/v1/models")
            #expect(metrics.value(.requests) == 3)
            #expect(metrics.value(.responses2xx) == 1)
            #expect(metrics.value(.responses4xx) == 1)
            #expect(metrics.value(.responses5xx) == 1)
            #expect(metrics.snapshot().gauges[.requestsInFlight] == 0)
        }
    }

    @Test(
        "A pattern takes the paths that it says and gives their placeholders",
        arguments: [
            ("/a/b", "/a/b", []), ("/a/b", "/a/b/", nil), ("/a/b", "/a", nil), ("/a/{id}", "/a/1", ["1"]),
            ("/a/{id}", "/a/", nil), ("/a/{id}", "/a/1/2", nil), ("/a/{id}/c/{x}", "/a/1/c/2", ["1", "2"]),
            ("/a/{id...}", "/a/1/2//3", ["1/2//3"]), ("/a/{id...}", "/a/", nil), ("/a/{id...}", "/a", nil),
        ] as [(String, String, [String]?)])
    func patterns(pattern: String, path: String, values: [String]?) {
        #expect(RoutePattern(pattern).match(path) == values)
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct AccessTests {
    /// The routes that need no key. Adding to this list is a decision about security.
    static let open: Set<String> = ["GET /healthz", "GET /readyz", "GET /metrics", callback]
    /// Proves itself by its body.
    static let callback = "POST /bot/feishu/{name}/webhook/event"
    static let anyKey: Set<String> = [
        "POST /v1/chat/completions", "POST /v1/messages", "POST /v1/messages/count_tokens", "POST /v1/embeddings",
        "POST /v1/responses", "POST /v1/images/generations", "GET /v1/models",
        "GET /v1/models/{id...}", "GET /user/session/list",
        "GET /user/session/detail", "GET /user/session/detail/{id}", "GET /user/thread/list",
        "GET /user/thread/detail", "GET /user/thread/detail/{id}", "GET /user/api-key/mine", "GET /user/model/list",
        "GET /user/statistics/usage", "GET /user/statistics/latency",
    ]

    @Test("Every route answers exactly those callers that its place in the table allows")
    func matrix() async throws {
        try await onLoop {
            for caller in World.Caller.allCases {
                let routes = try await World().router.table.routes
                #expect(routes.count > 55)
                for route in routes {
                    let world = try await World()
                    let parts = route.pattern.description.split(separator: "/")
                    let target = "/" + parts.map { $0.hasPrefix("{") ? "1" : String($0) }.joined(separator: "/")
                    let answer = await world.send(
                        route.method, target, as: caller, json: route.method == "POST" ? "{}" : nil)
                    check(answer, route, caller, world)
                }
            }
        }
    }

    @LoopActor
    private func check(_ answer: RecordedExchange, _ route: Route, _ caller: World.Caller, _ world: World) {
        let name = "\(route.method) \(route.pattern)"
        let context: Comment = "\(name) as \(caller.rawValue): \(answer.text)"
        let status = answer.status ?? 0
        #expect(answer.violations == [], context)
        #expect(answer.header("x-request-id") == "req-test", context)
        if name == Self.callback {
            #expect(status == 404 && code(answer) == "bot_not_found", context)
            #expect(answer.bodyReads == 0, context)
            return
        }
        if Self.open.contains(name) {
            #expect(status == 200, context)
            return
        }
        switch caller {
        case .nobody, .garbage, .disabled, .expired, .deleted:
            #expect(status == 401, context)
            if route.pattern.description.hasPrefix("/v1/messages") {
                // Anthropic's dialect has types alone.
                #expect(answer.json?.object?["error"]?.object?["type"] == "authentication_error", context)
            } else {
                #expect(code(answer) == "invalid_api_key", context)
            }
        case .user where Self.anyKey.contains(name), .admin:
            #expect(status != 401 && status != 403 && status < 500, context)
            return
        case .user:
            #expect(status == 403, context)
            #expect(code(answer) == "admin_required", context)
        }
        #expect(answer.bodyReads == 0, context)
        #expect(world.storage.audit.isEmpty, context)
        #expect(world.chats == 0, context)
        #expect(!answer.text.contains(caller.key ?? "no key"), context)
    }

    @Test("Only the operations routes are open, and only the LLM and user routes take a user's key")
    func accessOfTable() async throws {
        try await onLoop {
            let routes = try await World().router.table.routes
            let named = { (access: Route.Access) in
                Set(routes.filter { $0.access == access }.map { "\($0.method) \($0.pattern)" })
            }
            #expect(named(.open) == Self.open)
            #expect(named(.key) == Self.anyKey)
            #expect(named(.admin).allSatisfy { $0.contains(" /admin/") || $0 == "GET /openapi.json" })
        }
    }

    @Test("A path that is not in the table exactly as written does not exist, whoever asks")
    func unknownPaths() async throws {
        try await onLoop {
            let world = try await World()
            for path in [
                "/", "", "/v1", "/v1/", "/v1/models/", "/v1/chat/completions/", "//v1/models", "/V1/models",
                "/admin/api-key/list/", "/admin//api-key/list", "/admin/api-key/../api-key/list", "/admin",
                "/admin/api-key/detail/", "/admin/api-key/detail/1/2", "/user", "/user/session/detail/",
                "/bot/feishu/x/webhook", "/bot/feishu/x/webhook/event/", "/user/api-key/list", "/healthz/x",
                "/v1/messages/", "/v1/messages/batches",
            ] {
                let answer = await world.send("GET", path)
                #expect(answer.status == 404, "\(path): \(answer.text)")
                #expect(code(answer) == "unknown_route" || path.hasPrefix("/v1/messages"), "\(path): \(answer.text)")
                #expect(answer.bodyReads == 0)
            }
        }
    }

    @Test("A path with another method answers 405 with the methods that it has")
    func otherMethods() async throws {
        try await onLoop {
            let world = try await World()
            let cases = [
                ("GET", "/v1/chat/completions", "POST"), ("OPTIONS", "/v1/chat/completions", "POST"),
                ("HEAD", "/v1/chat/completions", "POST"), ("POST", "/v1/models", "GET, HEAD"),
                ("DELETE", "/v1/models/vendor/claude:1", "GET, HEAD"), ("GET", "/admin/api-key/apply", "POST"),
                ("PUT", "/admin/model/detail/1", "GET, HEAD"), ("POST", "/metrics", "GET, HEAD"),
            ]
            for (method, path, allowed) in cases {
                let answer = await world.send(method, path, as: .nobody)
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer.header("Allow") == allowed, "\(method) \(path)")
                #expect(answer.header("Access-Control-Allow-Origin") == nil)
            }
        }
    }

    @Test("HEAD is answered like GET, with the length of the body and without the body")
    func head() async throws {
        try await onLoop {
            let world = try await World()
            let get = await world.send("GET", "/v1/models", as: .user)
            let head = await world.send("HEAD", "/v1/models", as: .user)
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.header("Content-Length") == String(get.body.count))
            #expect(head.header("Content-Type") == get.header("Content-Type"))
        }
    }

    @LoopActor
    private func code(_ answer: RecordedExchange) -> String? {
        answer.json?.object?["error"]?.object?["code"]?.string
    }
}

import Core
import EventLoop
import Providers
import TestSupport
import Testing

@testable import Routes

@Suite("Testing a model", .timeLimit(.minutes(1)))
struct ModelTestTests {
    private static let quick: RouteSettings = {
        var settings = RouteSettings()
        settings.modelTestLimit = .milliseconds(100)
        return settings
    }()

    @LoopActor
    private func test(_ site: Site, provider: String = "echo", config: String = "{}") async throws -> RecordedExchange {
        let model = try await site.call(
            "POST", "/admin/model/save", #"{"name": "m", "provider": "\#(provider)", "config": \#(config)}"#)
        return await site.send("POST", "/admin/model/test", #"{"id": \#(try #require(model.object?["id"]?.int))}"#)
    }

    @Test("really asks its provider, and tells the answer and the times")
    func works() async throws {
        try await withSite { site in
            let data = try #require(try await test(site).data?.object)
            #expect(data["ok"] == true && data["answer"] == "ping" && data["tokens_in"] == 1)
            #expect(data["first_byte_latency"]?.int != nil && data["invocation_latency"]?.int != nil)
            #expect(try await site.rows("/admin/thread/list").isEmpty, "it is not a call of any key")
        }
    }

    @Test("tells what the provider said, with what its clients are not told")
    func fails() async throws {
        try await withSite(providers: [FailingProvider()]) { site in
            let answer = try await test(site, provider: "failing")
            #expect(answer.status == 200)
            let data = try #require(answer.data?.object)
            #expect(data["ok"] == false)
            #expect(
                data["error"] == [
                    "status": 502, "code": "upstream_auth", "message": "The provider refused the credentials.",
                    "detail": "status 403: the token has expired",
                ])
        }
    }

    @Test(
        "ends within its limit, however slow the provider",
        arguments: [#"{"first_ms": 60000}"#, #"{"reply": "a b c d e", "interval_ms": 60000}"#])
    func bounded(_ config: String) async throws {
        try await withSite(settings: Self.quick) { site in
            let start = EventLoop.shared.now
            let data = try #require(try await test(site, config: config).data?.object)
            #expect(data["error"]?.object?["code"] == "upstream_timeout")
            #expect(EventLoop.shared.now - start < 5_000_000_000)
        }
    }

    @Test("takes only so much of an answer that has no end")
    func endless() async throws {
        try await withSite(providers: [EndlessProvider()]) { site in
            let data = try #require(try await test(site, provider: "endless").data?.object)
            #expect(data["ok"] == true)
            #expect((data["answer"]?.string?.utf8.count ?? 0) < 6000)
        }
    }

    @Test("needs a model that exists")
    func unknown() async throws {
        try await withSite { site in
            #expect(await site.send("POST", "/admin/model/test", #"{"id": 5}"#).status == 404)
            #expect(await site.send("POST", "/admin/model/test", "{}").error?["param"] == "id")
        }
    }
}

private struct FailingProvider: ChatProvider {
    let name = "failing"
    let summary = "For tests."
    let fields: [ConfigField] = []

    func check(_ config: JSONObject) throws(GatewayError) {}

    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream {
        throw GatewayError.upstream(code: "upstream_auth", "The provider refused the credentials.")
            .noting(cause: "status 403", providerText: "the token has expired")
    }
}

private struct EndlessProvider: ChatProvider {
    let name = "endless"
    let summary = "For tests."
    let fields: [ConfigField] = []

    func check(_ config: JSONObject) throws(GatewayError) {}

    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream {
        Endless()
    }

    final class Endless: ChatStream {
        func next() async throws(GatewayError) -> ChatDelta? {
            ChatDelta([.text(String(repeating: "x", count: 1000))])
        }

        func cancel() {}
    }
}

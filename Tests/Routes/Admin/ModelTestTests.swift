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
        settings.modelTestLimits.others = .milliseconds(100)
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
            #expect(data["purpose"] == "chat" && data["dimensions"] == .null && data["images"] == .null)
            #expect(data["first_byte_latency"]?.int != nil && data["invocation_latency"]?.int != nil)
            #expect(try await site.rows("/admin/thread/list").isEmpty, "it is not a call of any key")
        }
    }

    @Test("asks a model for embeddings for one small vector", arguments: [false, true])
    func embeddings(inBase64: Bool) async throws {
        // Three numbers of four bytes are twelve bytes, which are sixteen characters.
        let vector: Embedding = inBase64 ? .base64("AACAPwAAgD8AAIA/") : .floats([1, 1, 1])
        let provider = MakingProvider(.embeddings, vector: vector)
        try await withSite(providers: [provider]) { site in
            let data = try #require(try await test(site, provider: "making").data?.object)
            #expect(
                data.removing("invocation_latency") == [
                    "ok": true, "purpose": "embeddings", "answer": nil, "dimensions": 3, "images": nil,
                    "finish_reason": nil, "tokens_in": 1, "tokens_out": 0, "first_byte_latency": nil,
                ])
            #expect(provider.embedded.map(\.inputs) == [[.text("ping")]])
            #expect(provider.embedded.first?.openAIBody == ["model": "m", "input": "ping"])
            #expect(provider.drawn.isEmpty)
        }
    }

    @Test("asks a model for images for one image")
    func images() async throws {
        let provider = MakingProvider(.images)
        try await withSite(providers: [provider], settings: Self.quick) { site in
            let data = try #require(try await test(site, provider: "making").data?.object)
            #expect(
                data.removing("invocation_latency") == [
                    "ok": true, "purpose": "images", "answer": nil, "dimensions": nil, "images": 1,
                    "finish_reason": nil, "tokens_in": nil, "tokens_out": nil, "first_byte_latency": nil,
                ])
            let request = try #require(provider.drawn.first)
            #expect(provider.drawn.count == 1 && request.count == 1)
            #expect(request.size == ImageRequest.Size(width: 512, height: 512))
            #expect(request.openAIBody["n"] == 1 && request.openAIBody["prompt"] == .string(request.prompt))
            #expect(provider.embedded.isEmpty)
        }
    }

    @Test(
        "ends calls for embeddings and images within their limits too", arguments: [ModelPurpose.embeddings, .images])
    func boundedWork(_ purpose: ModelPurpose) async throws {
        var settings = Self.quick
        settings.modelTestLimits.images = .milliseconds(200)
        try await withSite(providers: [MakingProvider(purpose, isSlow: true)], settings: settings) { site in
            let start = EventLoop.shared.now
            let data = try #require(try await test(site, provider: "making").data?.object)
            #expect(data["ok"] == false && data["purpose"] == .string(purpose.rawValue))
            #expect(data["error"]?.object?["code"] == "upstream_timeout")
            #expect(EventLoop.shared.now - start < 5_000_000_000)
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

/// A provider of models that make vectors or images, and of none that chat.
@LoopActor
private final class MakingProvider: ChatProvider, EmbeddingProvider, ImageProvider {
    nonisolated let name = "making"
    nonisolated let summary = "For tests."
    nonisolated let fields: [ConfigField] = []
    private nonisolated let purpose: ModelPurpose
    private nonisolated let vector: Embedding
    private nonisolated let isSlow: Bool
    var embedded: [EmbeddingRequest] = []
    var drawn: [ImageRequest] = []

    nonisolated init(_ purpose: ModelPurpose, vector: Embedding = .floats([1]), isSlow: Bool = false) {
        self.purpose = purpose
        self.vector = vector
        self.isSlow = isSlow
    }

    nonisolated func check(_ config: JSONObject) throws(GatewayError) {}

    nonisolated func purpose(of model: String, config: JSONObject) -> ModelPurpose { purpose }

    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream {
        throw .internal(cause: "it does not chat")
    }

    func embed(
        _ request: EmbeddingRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> [Embedding] {
        embedded.append(request)
        try await answer()
        used(TokenUsage(input: 1))
        return [vector]
    }

    func makeImages(
        _ request: ImageRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> ImageAnswer {
        drawn.append(request)
        try await answer()
        used(TokenUsage(images: 1))
        return .images(["iVBORw0KGgo="])
    }

    /// A slow one answers only when it is cancelled.
    private func answer() async throws(GatewayError) {
        guard isSlow else { return }
        do { try await Task.sleep(for: .seconds(60)) } catch { throw .cancelled }
    }
}

extension JSONObject {
    fileprivate func removing(_ name: String) -> JSONObject {
        var object = self
        object[name] = nil
        return object
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

import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("Which model a request means")
struct ModelAccessTests {
    @Test("An unknown name is 404 and a forbidden one 403, before anything is held")
    func refusals() async throws {
        try await onLoop {
            let bench = Bench()
            var request = ChatRequest.hello
            request.model = "nope"
            let unknown = try #require(await bench.chat(request).error)
            #expect(unknown.status == 404)
            #expect(unknown.code == "model_not_found")
            #expect(unknown.message.hasPrefix("The model 'nope' does not exist"))
            #expect(unknown.param == "model")
            bench.models.usable = []
            let forbidden = try #require(await bench.chat().error)
            #expect(forbidden.status == 403)
            #expect(forbidden.code == "model_not_allowed")
            #expect(bench.ledger.holds.isEmpty)
            #expect(bench.metrics[.refusedModel] == 2)
        }
    }

    @Test("An upstream model may be named only where the configuration allows it")
    func override() async throws {
        try await onLoop {
            var request = ChatRequest.hello
            request.model = "m/vendor/model:1"
            let closed = Bench(config: ["modelId": "base"])
            #expect(await closed.chat(request).error?.code == "model_not_allowed")
            #expect(closed.provider.targets.isEmpty)

            let open = Bench(config: ["modelId": "base", "allowOverride": true])
            open.provider.steps = [.tell(ChatDelta([.text("a"), .finish(.stop)]))]
            #expect(await open.chat(request).value != nil)
            #expect(open.provider.targets.first?.config["modelId"] == "vendor/model:1")
            #expect(open.provider.targets.first?.model == "m/vendor/model:1")
            #expect(open.record?.model == "m/vendor/model:1")

            open.models.usable = []
            #expect(await open.chat(request).error?.code == "model_not_allowed")
            request.model = "m/" + String(repeating: "a/", count: 5000)
            #expect(await open.chat(request).error?.code == "model_not_found")
            request.model = "m/"
            #expect(await open.chat(request).error?.code == "model_not_found")
        }
    }

    @Test("A configured name that holds a slash is found as it is")
    func slashInName() async throws {
        try await onLoop {
            let bench = Bench()
            bench.models.records[0].name = "vendor/m"
            bench.provider.steps = [.tell(ChatDelta([.text("a"), .finish(.stop)]))]
            var request = ChatRequest.hello
            request.model = "vendor/m"
            #expect(await bench.chat(request).value != nil)
        }
    }

    @Test("A model of a provider that this build does not know is the operator's trouble, not the client's")
    func unknownProvider() async throws {
        try await onLoop {
            let bench = Bench()
            bench.models.records[0].provider = "gone"
            let error = try #require(await bench.chat().error)
            #expect(error.status == 500)
            #expect(error.cause?.contains("gone") == true)
            #expect(bench.ledger.holds.isEmpty)
        }
    }

    @Test("Storage that cannot be read is 503, never 404")
    func storageGone() async throws {
        try await onLoop {
            let bench = Bench()
            bench.models.error = .unavailable("disk")
            #expect(await bench.chat().error?.status == 503)
            await #expect(throws: GatewayError.self) { try await bench.gateway.access.list(for: bench.key) }
        }
    }

    @Test("The list holds what the key may use")
    func list() async throws {
        try await onLoop {
            let bench = Bench()
            let usable = try await bench.gateway.access.list(for: bench.key)
            #expect(usable.map(\.name) == ["m"])
            bench.models.usable = []
            let none = try await bench.gateway.access.list(for: bench.key)
            #expect(none.isEmpty)
        }
    }

    @Test("Images for a model that is not multimodal are refused only where the site says so")
    func images() async throws {
        try await onLoop {
            var request = ChatRequest.hello
            request.messages[0].parts.append(ContentPart(.image(.url("https://x/y.png"))))
            let lenient = Bench()
            lenient.provider.steps = [.tell(ChatDelta([.text("a"), .finish(.stop)]))]
            #expect(await lenient.chat(request).value != nil)
            let strict = Bench()
            strict.gateway.settings.imagePolicy = .needsMultimodalModel
            let error = try #require(await strict.chat(request).error)
            #expect(error.status == 400)
            #expect(error.param == "messages[0].content[1]")
            #expect(strict.ledger.holds.isEmpty)
            strict.models.records[0].isMultimodal = true
            strict.provider.steps = lenient.provider.steps
            #expect(await strict.chat(request).value != nil)
        }
    }
}

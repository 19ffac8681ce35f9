import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("Counting tokens, and calls that only Anthropic's API takes")
struct TokenCountTests {
    private static func request(untranslated: String? = nil) -> ChatRequest {
        var request = ChatRequest.hello
        request.byteCount = 300
        request.anthropic = AnthropicOriginal(body: [:], untranslated: untranslated)
        return request
    }

    @Test("Is the estimate of a hold where the provider does not tell, and leaves no record")
    func estimate() async throws {
        try await onLoop {
            let bench = Bench()
            let count = try await bench.gateway.countTokens(
                .hello, for: bench.key, call: CallContext(requestID: "r"))
            #expect(count == TokenCount(tokens: 12, isEstimated: true))
            #expect(bench.ledger.settlements.isEmpty)
        }
    }

    @Test("Needs a model that exists and that the key may use")
    func rights() async throws {
        try await onLoop {
            let bench = Bench()
            var request = ChatRequest.hello
            request.model = "other"
            let unknown = await #expect(throws: GatewayError.self) {
                try await bench.gateway.countTokens(request, for: bench.key, call: CallContext(requestID: "r"))
            }
            #expect(unknown?.status == 404)
            bench.models.usable = []
            let forbidden = await #expect(throws: GatewayError.self) {
                try await bench.gateway.countTokens(.hello, for: bench.key, call: CallContext(requestID: "r"))
            }
            #expect(forbidden?.status == 403)
        }
    }

    @Test("What another provider has no words for is refused by its place, before anything is held")
    func untranslated() async throws {
        try await onLoop {
            let bench = Bench()
            let error = await bench.chat(Self.request(untranslated: "tools[0].type")).error
            #expect(error?.status == 400)
            #expect(error?.param == "tools[0].type")
            #expect(bench.provider.targets.isEmpty && bench.ledger.settlements.isEmpty)
            #expect(await bench.chat(Self.request()).error == nil)
        }
    }

    @Test("A prompt that the messages do not hold whole is estimated by its bytes")
    func size() {
        #expect(PromptSize(Self.request(untranslated: "mcp_servers")).tokens == 100)
        #expect(PromptSize(Self.request()).tokens == 4)
    }

    @Test("A mark for the whole prompt is a mark to be cached, whose tokens may cost more")
    func mark() {
        var request = Self.request()
        #expect(!PromptSize(request).marksCache)
        request.anthropic?.body = ["cache_control": ["type": "ephemeral"]]
        #expect(PromptSize(request).marksCache)
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite struct OpenAIEmbeddingTests {
    struct Outcome: Sendable {
        var vectors: [Embedding]?
        var error: GatewayError?
        var used: [TokenUsage] = []
        var sent: TransportRequest?
    }

    static func embed(
        _ answer: ScriptedTransport.Script, config: JSONObject = ["baseURL": "https://up.example/v1"], inputs: Int = 2
    ) async throws -> Outcome {
        try await onLoop {
            let transport = ScriptedTransport(answer)
            var request = EmbeddingRequest(model: "m", inputs: Array(repeating: .text("a"), count: inputs))
            request.openAIBody = ["model": "m", "input": ["a", "a"], "vendor": 7]
            let target = ProviderTarget(model: "m", config: config, requestID: "r", maxTokens: nil)
            var outcome = Outcome()
            do throws(GatewayError) {
                outcome.vectors = try await OpenAICompatibleProvider(transport: transport).embed(request, on: target) {
                    outcome.used.append($0)
                }
            } catch {
                outcome.error = error
            }
            outcome.sent = transport.requests.first
            return outcome
        }
    }

    @Test("The body goes on as it came, under the upstream's name, to the endpoint beside the one for chats")
    func passedOn() async throws {
        let outcome = try await Self.embed(
            .answer(
                #"{"data":[{"index":1,"embedding":"AACAPw=="},{"index":0,"embedding":[1,2.5]}],"usage":{"prompt_tokens":4,"total_tokens":4}}"#
            ),
            config: [
                "baseURL": "https://up.example/d/chat/completions", "model": "up", "query": ["api-version": "1"],
            ])
        #expect(outcome.error == nil)
        #expect(outcome.vectors == [.floats([1, 2.5]), .base64("AACAPw==")])
        #expect(outcome.used == [TokenUsage(input: 4)])
        #expect(outcome.sent?.url == "https://up.example/d/embeddings?api-version=1")
        #expect(
            String(decoding: outcome.sent?.body ?? [], as: UTF8.self)
                == #"{"model":"up","input":["a","a"],"vendor":7}"#)
    }

    @Test(
        "An answer that does not have one vector for each input is no answer",
        arguments: [
            "{}", #"{"data":[]}"#, #"{"data":[{"embedding":[1]}]}"#,
            #"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#,
            #"{"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]}"#,
            #"{"data":[{"index":0,"embedding":[1]},{"index":1}]}"#,
            #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":""}]}"#, "7",
        ])
    func broken(answer: String) async throws {
        #expect(try await Self.embed(.answer(answer)).error?.status == 502, "\(answer)")
    }

    @Test("A refusal is told with its status, and an error in a success as one")
    func refusals() async throws {
        let limited = try await Self.embed(.answer(status: 429, #"{"error":{"message":"slow"}}"#))
        #expect(limited.error?.status == 429 && limited.used.isEmpty)
        let inBand = try await Self.embed(.answer(#"{"error":{"message":"no","type":"invalid_request_error"}}"#))
        #expect(inBand.error?.status == 400)
    }
}

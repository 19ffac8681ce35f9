import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite struct BedrockEmbeddingTests {
    struct Outcome: Sendable {
        var vectors: [Embedding]?
        var error: GatewayError?
        var used: [TokenUsage] = []
        var sent: [TransportRequest] = []
    }

    static func embed(
        _ model: String, _ inputs: [EmbeddingRequest.Input], dimensions: Int? = nil, inputType: String? = nil,
        answers: [ScriptedTransport.Script]
    ) async throws -> Outcome {
        try await onLoop {
            let transport = ScriptedTransport()
            for answer in answers { transport.add(answer) }
            let provider = BedrockConverseProvider(
                transport: transport, clock: ManualClock("2026-11-21T08:34:59Z"), environment: AWSEnvironment([:]))
            let config: JSONObject = [
                "modelId": .string(model), "region": "us-east-1",
                "credentials": [["accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "secret"]],
            ]
            var request = EmbeddingRequest(model: "m", inputs: inputs)
            request.dimensions = dimensions
            request.inputType = inputType
            let target = ProviderTarget(model: "m", config: config, requestID: "r", maxTokens: nil)
            var outcome = Outcome()
            do throws(GatewayError) {
                outcome.vectors = try await provider.embed(request, on: target) { outcome.used.append($0) }
            } catch {
                outcome.error = error
            }
            outcome.sent = transport.requests
            return outcome
        }
    }

    private static func body(_ request: TransportRequest) -> String { String(decoding: request.body, as: UTF8.self) }

    @Test("Titan is asked once for each text, signed, and counts itself")
    func titan() async throws {
        let outcome = try await Self.embed(
            "amazon.titan-embed-text-v2:0", [.text("a"), .text("b")], dimensions: 256,
            answers: [
                .answer(#"{"embedding":[0.5,-1],"inputTextTokenCount":3}"#),
                .answer(#"{"embedding":[1e-3,2],"inputTextTokenCount":4}"#),
            ])
        #expect(outcome.error == nil)
        #expect(outcome.vectors == [.floats([0.5, -1]), .floats([0.001, 2])])
        #expect(outcome.used == [TokenUsage(input: 3), TokenUsage(input: 4)])
        let sent = try #require(outcome.sent.first)
        #expect(
            sent.url
                == "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke")
        #expect(sent.headers["Authorization"]?.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") == true)
        #expect(Self.body(sent) == #"{"inputText":"a","embeddingTypes":["float"],"dimensions":256}"#)
    }

    @Test("Titan's first version and its multimodal one have bodies of their own")
    func otherTitans() async throws {
        let answer = ScriptedTransport.Script.answer(#"{"embedding":[1],"inputTextTokenCount":1}"#)
        let first = try await Self.embed("amazon.titan-embed-text-v1", [.text("a")], answers: [answer])
        #expect(Self.body(try #require(first.sent.first)) == #"{"inputText":"a"}"#)
        let image = try await Self.embed(
            "amazon.titan-embed-image-v1", [.text("a")], dimensions: 384, answers: [answer])
        #expect(
            Self.body(try #require(image.sent.first))
                == #"{"inputText":"a","embeddingConfig":{"outputEmbeddingLength":384}}"#)
    }

    @Test(
        "Cohere's answer is read in both of its shapes, and counted by the service's header",
        arguments: [#"{"embeddings":[[1],[2]]}"#, #"{"embeddings":{"float":[[1],[2]]}}"#])
    func cohere(answer: String) async throws {
        let outcome = try await Self.embed(
            "us.cohere.embed-v4:0", [.text("a"), .text("b")], dimensions: 512, inputType: "clustering",
            answers: [.answer(headers: ["x-amzn-bedrock-input-token-count": "9"], answer)])
        #expect(outcome.vectors == [.floats([1]), .floats([2])])
        #expect(outcome.used == [TokenUsage(input: 9)])
        #expect(
            Self.body(try #require(outcome.sent.first))
                == #"{"texts":["a","b"],"input_type":"clustering","embedding_types":["float"],"output_dimension":512}"#)
    }

    @Test(
        "An answer without the vectors that were asked for is no answer",
        arguments: [
            #"{}"#, #"{"embedding":[]}"#, #"{"embedding":[1,null]}"#, #"{"embedding":[1e99]}"#, #"{"embedding":7}"#,
            "[]", "x",
        ])
    func broken(answer: String) async throws {
        let outcome = try await Self.embed(
            "amazon.titan-embed-text-v1", [.text("a")], answers: [.answer(answer)])
        #expect(outcome.error?.status == 502, "\(answer)")
    }

    @Test("A failure ends the call; calls not yet begun are not made, and what others used is told")
    func failure() async throws {
        let answer = ScriptedTransport.Script.answer(#"{"embedding":[1],"inputTextTokenCount":1}"#)
        let refusal = ScriptedTransport.Script.answer(
            status: 429, headers: ["x-amzn-errortype": "ThrottlingException"], #"{"message":"Slow down"}"#)
        let outcome = try await Self.embed(
            "amazon.titan-embed-text-v1", (0..<40).map { .text("t\($0)") },
            answers: [answer, refusal] + Array(repeating: answer, count: 38))
        #expect(outcome.error?.code == "rate_limit_exceeded")
        #expect(!outcome.used.isEmpty && outcome.sent.count < 20)
    }

    @Test("What a model does not take is refused before anything is sent, naming the member")
    func refusals() async throws {
        for (model, inputs, dimensions, type, param) in [
            ("amazon.titan-embed-text-v2:0", [EmbeddingRequest.Input.text("a")], 300, nil, "dimensions"),
            ("amazon.titan-embed-text-v1", [.text("a")], 1536, nil, "dimensions"),
            ("cohere.embed-english-v3", [.text("a")], 1024, nil, "dimensions"),
            ("cohere.embed-english-v3", [.text("a")], nil, "poetry", "input_type"),
            ("cohere.embed-english-v3", [.tokens([1])], nil, nil, "input"),
            ("anthropic.claude-3-haiku-20240307-v1:0", [.text("a")], nil, nil, "model"),
        ] as [(String, [EmbeddingRequest.Input], Int?, String?, String)] {
            let outcome = try await Self.embed(model, inputs, dimensions: dimensions, inputType: type, answers: [])
            #expect(outcome.error?.status == 400 && outcome.error?.param == param, "\(model)")
            #expect(outcome.sent.isEmpty)
        }
    }
}

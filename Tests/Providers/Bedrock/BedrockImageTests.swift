import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite struct BedrockImageTests {
    struct Outcome: Sendable {
        var answer: ImageAnswer?
        var error: GatewayError?
        var used: [TokenUsage] = []
        var sent: [JSONObject] = []
    }

    static func make(
        _ model: String, answers: [String] = [], change: @escaping @Sendable (inout ImageRequest) -> Void = { _ in }
    ) async throws -> Outcome {
        try await onLoop {
            let transport = ScriptedTransport()
            for answer in answers { transport.add(.answer(answer)) }
            let provider = BedrockConverseProvider(
                transport: transport, clock: ManualClock("2026-11-21T08:34:59Z"), environment: AWSEnvironment([:]))
            let config: JSONObject = [
                "modelId": .string(model), "region": "us-east-1",
                "credentials": [["accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "secret"]],
            ]
            var request = ImageRequest(model: "m", prompt: "a cat")
            change(&request)
            let target = ProviderTarget(model: "m", config: config, requestID: "r", maxTokens: nil)
            var outcome = Outcome()
            do throws(GatewayError) {
                outcome.answer = try await provider.makeImages(request, on: target) { outcome.used.append($0) }
            } catch {
                outcome.error = error
            }
            outcome.sent = transport.requests.compactMap { (try? JSONParser.parse($0.body))?.object }
            return outcome
        }
    }

    @Test("Nova Canvas makes up to five images a call, in the size and quality that OpenAI's words mean")
    func nova() async throws {
        let outcome = try await Self.make(
            "amazon.nova-canvas-v1:0", answers: [#"{"images":["a","b","c","d","e"]}"#, #"{"images":["f","g"]}"#]
        ) {
            $0.count = 7
            $0.size = ImageRequest.Size(width: 1280, height: 720)
            $0.quality = "hd"
        }
        #expect(outcome.answer == .images(["a", "b", "c", "d", "e", "f", "g"]))
        #expect(outcome.used.map(\.images) == [5, 2])
        let config = try #require(outcome.sent.first?["imageGenerationConfig"]?.object)
        #expect(config["numberOfImages"] == 5 && config["width"] == 1280 && config["height"] == 720)
        #expect(config["quality"] == "premium")
        #expect(outcome.sent.first?["taskType"] == "TEXT_IMAGE")
        #expect(outcome.sent.first?["textToImageParams"] == ["text": "a cat"])
        let seeds = outcome.sent.compactMap { $0["imageGenerationConfig"]?.object?["seed"]?.int }
        #expect(Set(seeds).count == 2)
    }

    @Test("Stability makes one image a call, in the ratio next to the size")
    func stability() async throws {
        let answer = #"{"seeds":[1],"finish_reasons":[null],"images":["a"]}"#
        let outcome = try await Self.make("stability.stable-image-core-v1:1", answers: [answer, answer]) {
            $0.count = 2
            $0.size = ImageRequest.Size(width: 1792, height: 1024)
        }
        #expect(outcome.answer == .images(["a", "a"]))
        #expect(outcome.sent.count == 2)
        #expect(outcome.sent.first?["aspect_ratio"] == "16:9" && outcome.sent.first?["output_format"] == "png")
        for (width, height, ratio) in [(1024, 1024, "1:1"), (1024, 1536, "2:3"), (1024, 1792, "9:16"), (1, 9, "9:21")] {
            #expect(BedrockImageModel.aspectRatio(ImageRequest.Size(width: width, height: height)) == ratio)
        }
    }

    @Test(
        "What the model's filter took away is the prompt's fault; an answer without images the provider's",
        arguments: [
            (#"{"images":[],"error":"This request has been blocked by our content filters."}"#, 400),
            (#"{"images":["a"],"finish_reasons":["Filter reason: prompt"]}"#, 400), (#"{"images":[]}"#, 502),
            ("{}", 502), (#"{"images":[7]}"#, 502),
        ])
    func filtered(answer: String, status: Int) async throws {
        let outcome = try await Self.make("amazon.titan-image-generator-v2:0", answers: [answer])
        #expect(outcome.error?.status == status && outcome.used.isEmpty, "\(answer)")
        if status == 400 { #expect(outcome.error?.code == "content_policy_violation") }
    }

    @Test("What a model does not take is refused before anything is sent, naming the member")
    func refusals() async throws {
        let cases: [(String, String, @Sendable (inout ImageRequest) -> Void)] = [
            ("amazon.nova-canvas-v1:0", "size", { $0.size = ImageRequest.Size(width: 1000, height: 1024) }),
            ("amazon.nova-canvas-v1:0", "size", { $0.size = ImageRequest.Size(width: 4096, height: 4096) }),
            ("amazon.nova-canvas-v1:0", "size", { $0.size = ImageRequest.Size(width: 320, height: 1600) }),
            ("amazon.titan-image-generator-v1", "size", { $0.size = ImageRequest.Size(width: 1792, height: 1024) }),
            ("amazon.titan-image-generator-v1", "prompt", { $0.prompt = String(repeating: "a", count: 513) }),
            ("stability.sd3-5-large-v1:0", "response_format", { $0.format = .url }),
            ("anthropic.claude-3-haiku-20240307-v1:0", "model", { _ in }),
        ]
        for (model, param, change) in cases {
            let outcome = try await Self.make(model, change: change)
            #expect(outcome.error?.status == 400 && outcome.error?.param == param, "\(model) \(param)")
            #expect(outcome.sent.isEmpty)
        }
    }
}

import Core
import TestSupport
import Testing

@testable import Providers

@Suite("What a model is for")
struct ModelPurposeTests {
    @Test(
        "is told by the model's id on Bedrock, or by what the operator says is behind it",
        arguments: [
            (["modelId": "anthropic.claude-3-sonnet-20240229-v1:0"], .chat),
            (["modelId": "amazon.titan-embed-text-v2:0"], .embeddings),
            (["modelId": "us.cohere.embed-v4:0"], .embeddings),
            (["modelId": "arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-english-v3"], .embeddings),
            (["modelId": "amazon.nova-canvas-v1:0"], .images),
            (["modelId": "stability.sd3-5-large-v1:0"], .images),
            (["modelId": "arn:aws:bedrock:us-east-1:1:application-inference-profile/a"], .chat),
            (
                [
                    "modelId": "arn:aws:bedrock:us-east-1:1:application-inference-profile/a",
                    "baseModelId": "amazon.titan-image-generator-v2:0",
                ], .images
            ),
            ([:], .chat),
        ] as [(JSONObject, ModelPurpose)])
    func bedrock(_ config: JSONObject, _ purpose: ModelPurpose) {
        let provider = BedrockConverseProvider(
            transport: ScriptedTransport(), clock: ManualClock(), environment: AWSEnvironment([:]))
        #expect(provider.purpose(of: "text-embedding-3-small", config: config) == purpose)
    }

    @Test(
        "is told by the upstream's name elsewhere",
        arguments: [
            ("gpt-5", .chat), ("text-embedding-3-small", .embeddings), ("nomic-embed-text:v1.5", .embeddings),
            ("Qwen3-Embedding-8B", .embeddings), ("mistral/mistral-embed", .embeddings), ("dall-e-3", .images),
            ("gpt-image-1", .images), ("openai/GPT-Image-1-mini", .images), ("chatgpt-image-latest", .images),
            ("models/imagen-4.0-generate-001", .images), ("embed/gpt-5", .chat), ("my-dall-e", .chat), ("", .chat),
            ("/", .chat),
        ] as [(String, ModelPurpose)])
    func openAI(_ name: String, _ purpose: ModelPurpose) {
        let provider = OpenAICompatibleProvider(transport: ScriptedTransport())
        #expect(provider.purpose(of: "dall-e-2", config: ["model": .string(name)]) == purpose)
        #expect(provider.purpose(of: name, config: [:]) == purpose)
    }

    @Test("is chat where a provider does not say otherwise")
    func others() {
        #expect(EchoProvider().purpose(of: "text-embedding-3-small", config: [:]) == .chat)
    }
}

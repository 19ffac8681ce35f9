import Core

@testable import Providers
@testable import Routes

/// The body of every call of a model: JSON text, the parser of its dialect, and what the providers are sent.
///
/// The first byte is the dialect's letter; the rest is the body.
enum RequestFuzzing {
    private static let models: [BedrockConfig] = [
        "anthropic.claude-3-7-sonnet-20250219-v1:0", "anthropic.claude-opus-4-6-v1", "amazon.nova-2-lite-v1:0",
        "meta.llama3-1-70b-instruct-v1:0", "openai.gpt-oss-20b-1:0", "unknown.model-v1",
    ].map { id in
        guard let config = try? BedrockConfig(["modelId": .string(id), "region": "us-east-1", "promptCache": "5m"])
        else { fatalError("\(id) is no configuration") }
        return config
    }

    static func run(_ input: [UInt8]) {
        guard let letter = input.first else { return }
        let body = Array(input.dropFirst())
        readTwice(body)
        do throws(GatewayError) {
            switch letter {
            case UInt8(ascii: "c"): encode(try ChatRequestParser.parse(body))
            case UInt8(ascii: "m"):
                encode(try MessagesRequestParser(purpose: .answer, headers: AnthropicHeaders()).parse(body))
            case UInt8(ascii: "t"):
                encode(try MessagesRequestParser(purpose: .count, headers: AnthropicHeaders()).parse(body))
            case UInt8(ascii: "r"): encode(try ResponsesRequestParser.parse(body).request)
            case UInt8(ascii: "e"): embed(try EmbeddingRequestParser.parse(body))
            case UInt8(ascii: "i"): _ = try ImageRequestParser.parse(body)
            default: break
            }
        } catch {
            check(error)
        }
    }

    /// What has been read and written reads and writes the same again.
    private static func readTwice(_ body: [UInt8]) {
        guard let first = try? JSONParser.parse(body) else { return }
        let written = first.serialized()
        guard let second = try? JSONParser.parse(written) else { fatalError("what was written is no JSON") }
        require(first == second, "another value after it was written")
        require(second.serialized() == written, "another text after it was read")
    }

    private static func encode(_ request: ChatRequest) {
        for config in models {
            attempt { () throws(GatewayError) in try ConverseRequestBody(request, config: config, maxTokens: nil).bytes
            }
        }
        attempt { () throws(GatewayError) in
            try OpenAIRequestEncoder(model: "m", maxTokens: 5, tokenLimitMember: "max_tokens").encode(request)
        }
        for isCount in [false, true] {
            attempt { () throws(GatewayError) in
                try AnthropicRequestEncoder(model: "m", maxTokens: nil, isCount: isCount).encode(request)
            }
        }
    }

    private static func embed(_ request: EmbeddingRequest) {
        require(!request.inputs.isEmpty, "no input")
        let texts = request.inputs.compactMap { if case .text(let text) = $0 { text } else { nil } }
        for model in [BedrockEmbeddingModel.titanV1, .titanV2, .titanImage, .cohereV3, .cohereV4] {
            attempt { () throws(GatewayError) in
                try model.check(dimensions: request.dimensions)
                return JSONValue.object(model.body(texts, dimensions: request.dimensions, inputType: nil)).serialized()
            }
        }
    }

    /// A provider's body is JSON; a refusal names what the client has to change.
    private static func attempt(_ make: () throws(GatewayError) -> [UInt8]) {
        do throws(GatewayError) {
            let bytes = try make()
            guard let value = try? JSONParser.parse(bytes), case .object = value else {
                fatalError("a body that is no object: \(String(decoding: bytes, as: UTF8.self))")
            }
            require(value.serialized() == bytes, "another body after it was read")
        } catch {
            check(error)
        }
    }

    /// The caller's fault, told in words and with a bound.
    private static func check(_ error: GatewayError) {
        require((400..<500).contains(error.status), "\(error.status): \(error.message) \(error.cause ?? "")")
        let length = error.message.utf8.count
        require((1..<4096).contains(length), "a message of \(length) bytes")
    }
}

import Core
import Testing

@testable import Routes

@Suite struct EmbeddingRendererTests {
    private static func render(_ vectors: [Embedding], _ encoding: EmbeddingRequest.Encoding) throws -> String {
        let renderer = EmbeddingRenderer(model: "m", encoding: encoding)
        return String(decoding: try renderer.render(vectors, usage: TokenUsage(input: 4)), as: UTF8.self)
    }

    @Test("Numbers are written so that they read back the same, whole ones without a fraction")
    func floats() throws {
        let text = try Self.render([.floats([1, -0.25, 1e-7, 3.4e38])], .float)
        #expect(
            text
                == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,-0.25,1e-07,3.4e+38]}],"model":"m","usage":{"prompt_tokens":4,"total_tokens":4}}"#
        )
        let numbers = try JSONParser.parse(Array(text.utf8)).object?["data"]?.array?.first?.object?["embedding"]?.array
        #expect(numbers?.compactMap { $0.number.flatMap { Float($0.text) } } == [1, -0.25, 1e-7, 3.4e38])
    }

    @Test("In base64 stand the numbers' 32 bits, little-endian; a provider's own base64 is passed on")
    func base64() throws {
        #expect(try Self.render([.floats([1, 0])], .base64).contains(#""embedding":"AACAPwAAAAA=""#))
        #expect(try Self.render([.base64("AACAPw==")], .base64).contains(#""embedding":"AACAPw==""#))
        #expect(throws: GatewayError.self) { try Self.render([.base64("AACAPw==")], .float) }
    }

    @Test(
        "Base64 is RFC 4648's, there and back",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("~?>", "fj8+")])
    func vectors(plain: String, encoded: String) {
        var bytes: [UInt8] = []
        Base64Text.append(Array(plain.utf8), to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == encoded)
        #expect(Base64Text.decode(encoded) == Array(plain.utf8))
    }

    @Test("What is not base64 is not decoded", arguments: ["Zg=", "Z", "Zg!=", "=Zg=", "Z===", "Zg==Zg=="])
    func notBase64(text: String) { #expect(Base64Text.decode(text) == nil) }
}

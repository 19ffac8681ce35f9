internal import Core

/// Checks `config.baseURL` and makes the address of a call from it.
struct OpenAIBaseURL {
    /// Where the paths of the endpoints begin; without query and without a slash at its end.
    let base: String
    /// Whether OpenAI's own service answers there, or Azure's copy of it. Their newer models refuse `max_tokens`;
    /// most others know nothing else.
    let isOpenAI: Bool

    private static let path = "/chat/completions"

    /// Without query.
    var completions: String { base + Self.path }

    /// 400 naming `config.baseURL` unless the text is an absolute http or https address without credentials, query and
    /// fragment. A trailing slash, or the whole address of the chat endpoint, is taken for what it means.
    static func check(_ text: String) throws(GatewayError) -> OpenAIBaseURL {
        let address = try ConfiguredAddress(text, example: "https://api.openai.com/v1")
        let host = address.host
        return OpenAIBaseURL(
            base: address.text.hasSuffix(path) ? String(address.text.dropLast(path.count)) : address.text,
            isOpenAI: host == "api.openai.com" || host.hasSuffix(".openai.azure.com"))
    }

    /// `?name=value&…`, empty for no pairs; all but RFC 3986's unreserved characters percent-encoded.
    static func query(_ pairs: [(String, String)]) -> String {
        guard !pairs.isEmpty else { return "" }
        return "?" + pairs.map { encode($0.0) + "=" + encode($0.1) }.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

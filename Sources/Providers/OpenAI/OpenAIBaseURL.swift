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
        guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw refuse("must be an absolute address such as https://api.openai.com/v1.")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !Array(#""<>\^`{|}"#.utf8).contains($0) }) else {
            throw refuse("holds a character that an address cannot. Percent-encode it.")
        }
        guard !text.contains("?") else { throw refuse("has a query. Put it into config.query.") }
        guard !text.contains("#") else { throw refuse("has a fragment. Leave it out.") }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else {
            throw refuse("holds credentials. Put them into config.apiKey or config.headers.")
        }
        let host = try host(of: authority).lowercased()
        var base = scheme + rest
        while base.hasSuffix("/") { base.removeLast() }
        return OpenAIBaseURL(
            base: base.hasSuffix(path) ? String(base.dropLast(path.count)) : base,
            isOpenAI: host == "api.openai.com" || host.hasSuffix(".openai.azure.com"))
    }

    private static func host(of authority: Substring) throws(GatewayError) -> String {
        let host: Substring
        let port: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw refuse("has a host without its closing ']'.") }
            host = authority[...end]
            port = authority[authority.index(after: end)...]
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority[host.endIndex...]
        }
        guard host.utf8.count > (host.hasPrefix("[") ? 2 : 0) else { throw refuse("names no host.") }
        guard port.isEmpty || port.hasPrefix(":") && (1...65_535).contains(Int(port.dropFirst()) ?? 0) else {
            throw refuse("has a port that is not 1 to 65535.")
        }
        return String(host)
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

    private static func refuse(_ reason: String) -> GatewayError {
        .invalid("config.baseURL: \(reason)", param: "config.baseURL")
    }
}

internal import Core

/// `config.baseURL`, checked: an absolute http or https address without credentials, query and fragment.
struct ConfiguredAddress {
    /// Without a slash at its end.
    let text: String
    /// Lower case, without the port.
    let host: String

    /// 400 naming `config.baseURL`; `example` is a right one.
    init(_ text: String, example: String) throws(GatewayError) {
        guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw Self.refuse("must be an absolute address such as \(example).")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !Array(#""<>\^`{|}"#.utf8).contains($0) }) else {
            throw Self.refuse("holds a character that an address cannot. Percent-encode it.")
        }
        guard !text.contains("?") else { throw Self.refuse("has a query. Put it into config.query.") }
        guard !text.contains("#") else { throw Self.refuse("has a fragment. Leave it out.") }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else {
            throw Self.refuse("holds credentials. Put them into config.apiKey or config.headers.")
        }
        host = try Self.host(of: authority).lowercased()
        var base = scheme + rest
        while base.hasSuffix("/") { base.removeLast() }
        self.text = base
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

    private static func refuse(_ reason: String) -> GatewayError {
        .invalid("config.baseURL: \(reason)", param: "config.baseURL")
    }
}

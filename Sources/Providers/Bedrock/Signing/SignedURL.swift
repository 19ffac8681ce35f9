/// The parts of an absolute URL that a signature covers. It does not validate: the transport refuses what it cannot send.
struct SignedURL {
    /// With the port unless it is the scheme's own, as HTTP clients send `Host`.
    let host: String
    /// As it is sent; `/` when the URL has none.
    let path: String
    /// Without the `?`; empty when there is none.
    let query: String

    init(_ url: String) {
        // Bytes, not characters: a URL is ASCII.
        var rest = url.utf8[...]
        var defaultPort = ":443"
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")), rest[colon...].starts(with: "://".utf8) {
            if url[..<colon].lowercased() == "http" { defaultPort = ":80" }
            rest = rest[colon...].dropFirst(3)
        }
        rest = rest.prefix { $0 != UInt8(ascii: "#") }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        let target = rest[authority.endIndex...]
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        self.path = path.isEmpty ? "/" : String(decoding: path, as: UTF8.self)
        query = String(decoding: target[path.endIndex...].dropFirst(), as: UTF8.self)
        let host = String(decoding: authority, as: UTF8.self).lowercased()
        self.host = host.hasSuffix(defaultPort) ? String(host.dropLast(defaultPort.count)) : host
    }

    /// Without empty and dot segments (RFC 3986 section 5.2.4; AWS also drops doubled slashes).
    var normalizedPath: String {
        guard mayHaveSuchSegments else { return path }
        var segments: [Substring] = []
        for bytes in path.utf8.split(separator: UInt8(ascii: "/")) {
            let segment = Substring(bytes)
            if segment == ".." {
                if !segments.isEmpty { segments.removeLast() }
            } else if segment != "." {
                segments.append(segment)
            }
        }
        return "/" + segments.joined(separator: "/") + (path.hasSuffix("/") && !segments.isEmpty ? "/" : "")
    }

    /// A slash with another or a dot behind it; hardly any path has one.
    private var mayHaveSuchSegments: Bool {
        var isAfterSlash = false
        for byte in path.utf8 {
            if isAfterSlash, byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return true }
            isAfterSlash = byte == UInt8(ascii: "/")
        }
        return false
    }

    /// The encoded pairs as sent, each with a `=`, in byte order of name and then value.
    var canonicalQuery: String {
        guard !query.isEmpty else { return "" }
        let pairs = query.split(separator: "&", omittingEmptySubsequences: true).map { item in
            let name = item.prefix { $0 != "=" }
            return (name: String(name), value: String(item[name.endIndex...].dropFirst()))
        }
        let sorted = pairs.sorted { a, b in a.name == b.name ? a.value < b.value : a.name < b.name }
        return sorted.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }
}

internal import CCurl
internal import Core

/// A URL as libcurl understands it.
///
/// libcurl's own parser takes it apart, and what that made of it is what is asked for: two parsers that read one URL
/// differently would let a request past the checks. libcurl also decodes hosts (`%31`) and writes the octal,
/// hexadecimal and shortened spellings of IPv4 addresses as four decimal numbers.
struct WebAddress: Equatable {
    /// Longer ones are refused; signed addresses of object stores have up to 2,000 bytes.
    private static let longest = 8192

    /// Without a fragment, and in ASCII.
    let url: String
    /// A name or an address, without brackets.
    let host: String
    let port: Int

    /// An `http` or `https` URL without user and password, whose host is a name in ASCII (`xn--…` for an international
    /// one) or an address without a zone.
    init(_ text: String) throws(FetchError) { try self.init(text, from: nil) }

    /// Where an answer's `Location` leads, which may be relative.
    func following(_ location: String) throws(FetchError) -> WebAddress { try WebAddress(location, from: url) }

    private init(_ text: String, from base: String?) throws(FetchError) {
        guard let text = Self.ascii(text), let parsed = unsafe curl_url() else { throw .refused }
        defer { unsafe curl_url_cleanup(parsed) }
        if let base {
            guard unsafe curl_url_set(parsed, CURLUPART_URL, base, 0) == CURLUE_OK else { throw .refused }
        }
        let isTaken = unsafe curl_url_set(parsed, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK
        guard isTaken, unsafe curl_url_set(parsed, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK,
            let scheme = unsafe Self.part(CURLUPART_SCHEME, of: parsed), scheme == "http" || scheme == "https",
            unsafe Self.part(CURLUPART_ZONEID, of: parsed) == nil, unsafe Self.part(CURLUPART_USER, of: parsed) == nil,
            unsafe Self.part(CURLUPART_PASSWORD, of: parsed) == nil,
            let host = unsafe Self.part(CURLUPART_HOST, of: parsed).flatMap(Self.host),
            let port = unsafe Self.part(CURLUPART_PORT, of: parsed, CURLU_DEFAULT_PORT).flatMap({ Int($0) }),
            let url = unsafe Self.part(CURLUPART_URL, of: parsed)
        else { throw .refused }
        self.url = url
        self.host = host
        self.port = port
    }

    /// The text with everything beyond ASCII percent-encoded, as browsers do; nil when it holds spaces or control
    /// characters.
    private static func ascii(_ text: String) -> String? {
        guard text.utf8.count <= longest else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            guard byte > 0x20, byte != 0x7f else { return nil }
            if byte < 0x80 { bytes.append(byte) } else { bytes += "%\(String(byte, radix: 16))".utf8 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func host(_ text: String) -> String? {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let inner = text.dropFirst().dropLast()
            return IPAddress(inner) == nil ? nil : String(inner)
        }
        let isName = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
        }
        return isName && !text.isEmpty && text.utf8.count <= 254 ? text : nil
    }

    private static func part(_ part: CURLUPart, of parsed: OpaquePointer, _ flags: CInt = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(parsed, part, &text, UInt32(flags)) == CURLUE_OK,
            let text = unsafe text
        else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}

internal import Core

/// Turns CGI variables (RFC 3875 section 4.1) as nginx sends them into a request.
struct FastCGIParameters {
    private var method = ""
    private var target = ""
    private var remoteAddress = ""
    private var requestID = ""
    private var contentLength: Int?
    private var headers = HeaderFields()

    /// Takes one `NAME=VALUE`. Unknown names are ignored.
    mutating func add(name: Substring, value: Substring) {
        switch name {
        case "REQUEST_METHOD": method = String(value)
        case "REQUEST_URI": target = String(value)
        case "REMOTE_ADDR": remoteAddress = String(value)
        case "REQUEST_ID": requestID = String(value)
        case "CONTENT_LENGTH": contentLength = value.isEmpty ? nil : Int(value)
        case "CONTENT_TYPE":
            if !value.isEmpty { headers.append("content-type", String(value)) }
        default:
            guard name.utf8.starts(with: "HTTP_".utf8) else { return }
            headers.append(Self.headerName(name), String(value))
        }
    }

    /// The request; an id of our own when the server sent none that is fit for a header and a log line.
    func request(fallbackID: () -> String) -> HTTPRequest {
        let split = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = split.map { target[..<$0] } ?? target[...]
        let query = split.map { target[target.index(after: $0)...] } ?? ""
        let isFit = !requestID.isEmpty && requestID.utf8.count <= 64 && requestID.utf8.allSatisfy(Self.isIDCharacter)
        return HTTPRequest(
            method: method, path: PercentEncoding.decode(path, plusIsSpace: false), query: Self.items(query),
            headers: headers, contentLength: contentLength, id: isFit ? requestID : fallbackID(),
            remoteAddress: remoteAddress)
    }

    private static func isIDCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func items(_ query: Substring) -> [QueryItem] {
        query.split(separator: "&", omittingEmptySubsequences: true).map { pair in
            guard let equals = pair.firstIndex(of: "=") else {
                return QueryItem(PercentEncoding.decode(pair, plusIsSpace: true), "")
            }
            return QueryItem(
                PercentEncoding.decode(pair[..<equals], plusIsSpace: true),
                PercentEncoding.decode(pair[pair.index(after: equals)...], plusIsSpace: true))
        }
    }

    /// `HTTP_X_API_KEY` -> `x-api-key`.
    private static func headerName(_ name: Substring) -> String {
        var bytes = Array(name.utf8.dropFirst(5))
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "_"): bytes[index] = UInt8(ascii: "-")
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes[index] |= 0x20
            default: break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Percent-decoding (RFC 3986 section 2.1).
enum PercentEncoding {
    /// A `%` that no two hexadecimal digits follow stays as it is; bytes that are no UTF-8 become U+FFFD.
    static func decode(_ text: Substring, plusIsSpace: Bool) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) }) else {
            return String(text)
        }
        var decoded: [UInt8] = []
        var bytes = text.utf8[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "+"), plusIsSpace {
                decoded.append(0x20)
            } else if byte == UInt8(ascii: "%"), let high = bytes.first.flatMap(hexadecimal),
                let low = bytes.dropFirst().first.flatMap(hexadecimal)
            {
                decoded.append(high << 4 | low)
                bytes = bytes.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

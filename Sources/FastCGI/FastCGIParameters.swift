internal import Core
internal import Glibc

/// Turns CGI variables (RFC 3875 section 4.1) as nginx sends them into a request.
struct FastCGIParameters {
    private var method = ""
    private var target = ""
    private var remoteAddress = ""
    private var requestID = ""
    private var contentLength: Int?
    private var headers = HeaderFields(minimumCapacity: 16)

    /// Takes one `NAME=VALUE`, ended by a zero byte. Unknown names are ignored. Works on the bytes, because a request has
    /// two dozen of them.
    @unsafe mutating func add(_ parameter: UnsafePointer<CChar>) {
        let bytes = unsafe UnsafeRawBufferPointer(start: parameter, count: strlen(parameter))
        guard let equals = unsafe bytes.firstIndex(of: UInt8(ascii: "=")) else { return }
        let name = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<equals])
        let value = unsafe UnsafeRawBufferPointer(rebasing: bytes[(equals + 1)...])
        if unsafe Self.begins(name, with: "HTTP_") {
            unsafe headers.append(Self.headerName(name), String(decoding: value, as: UTF8.self))
        } else if unsafe Self.equal(name, "REQUEST_METHOD") {
            method = unsafe String(decoding: value, as: UTF8.self)
        } else if unsafe Self.equal(name, "REQUEST_URI") {
            target = unsafe String(decoding: value, as: UTF8.self)
        } else if unsafe Self.equal(name, "REMOTE_ADDR") {
            remoteAddress = unsafe String(decoding: value, as: UTF8.self)
        } else if unsafe Self.equal(name, "REQUEST_ID") {
            requestID = unsafe String(decoding: value, as: UTF8.self)
        } else if unsafe Self.equal(name, "CONTENT_LENGTH") {
            contentLength = unsafe Int(String(decoding: value, as: UTF8.self))
        } else if unsafe Self.equal(name, "CONTENT_TYPE") {
            guard value.count > 0 else { return }
            unsafe headers.append("content-type", String(decoding: value, as: UTF8.self))
        }
    }

    private static func begins(_ name: UnsafeRawBufferPointer, with prefix: StaticString) -> Bool {
        guard name.count >= prefix.utf8CodeUnitCount, let base = name.baseAddress else { return false }
        return unsafe memcmp(base, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }

    private static func equal(_ name: UnsafeRawBufferPointer, _ other: StaticString) -> Bool {
        unsafe name.count == other.utf8CodeUnitCount && begins(name, with: other)
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
    private static func headerName(_ name: UnsafeRawBufferPointer) -> String {
        unsafe String(unsafeUninitializedCapacity: name.count - 5) { target in
            for index in 5..<name.count {
                let byte = unsafe name[index]
                switch byte {
                case UInt8(ascii: "_"): unsafe target[index - 5] = UInt8(ascii: "-")
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): unsafe target[index - 5] = byte | 0x20
                default: unsafe target[index - 5] = byte
                }
            }
            return name.count - 5
        }
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

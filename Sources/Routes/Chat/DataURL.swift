internal import Core

/// A `data:` URL (RFC 2397) whose data is base64.
///
/// Clients put white space into the data (MIME line ends) and parameters into the type (`;charset=utf-8`); both are
/// taken off. The alphabet and the length of the base64 text are checked here, so that no provider has to.
struct DataURL: Equatable {
    /// Lower case, without parameters; `text/plain` where the URL gives none, as the RFC says.
    let mediaType: String
    /// Base64 with padding, without white space.
    let data: String

    static func hasScheme(_ text: String) -> Bool {
        text.drop(while: \.isWhitespace).prefix(5).lowercased() == "data:"
    }

    init(_ text: String) throws(ChatFieldError) {
        let url = text.drop(while: \.isWhitespace).utf8
        guard let comma = url.firstIndex(of: UInt8(ascii: ",")) else {
            throw ChatFieldError("", "is a data URL without a comma; it must be data:<type>;base64,<data>")
        }
        let head = Substring(url[..<comma].dropFirst(5))
        let items = head.split(separator: ";", omittingEmptySubsequences: false).map { item in
            item.filter { !$0.isWhitespace }.lowercased()
        }
        guard items.dropFirst().contains("base64") else {
            throw ChatFieldError("", "is a data URL that is not base64; it must be data:<type>;base64,<data>")
        }
        mediaType = items.first.flatMap { $0.isEmpty ? nil : $0 } ?? "text/plain"
        data = try Self.base64(String(Substring(url[url.index(after: comma)...])))
    }

    /// The text without white space and with its padding; a character outside of base64's alphabet is an error.
    static func base64(_ text: String) throws(ChatFieldError) -> String {
        let span = text.utf8Span.span
        var digits = 0
        var padding = 0
        for index in span.indices {
            let byte = span[index]
            if isDigit(byte), padding == 0 {
                digits += 1
            } else if byte == UInt8(ascii: "="), padding < 2 {
                padding += 1
            } else if !isSpace(byte) {
                throw ChatFieldError(
                    "", "is not base64: an unexpected character stands at position \(index) of its data")
            }
        }
        guard digits > 0 else { throw ChatFieldError("", "holds no data") }
        guard digits % 4 != 1 else { throw ChatFieldError("", "is not base64: its data is cut short") }
        let missing = (4 - digits % 4) % 4
        guard padding == 0 || padding == missing else {
            throw ChatFieldError("", "is not base64: its padding does not fit its length")
        }
        if span.count == digits + padding, padding == missing { return text }
        var bytes = text.utf8.filter { isDigit($0) }
        for _ in 0..<missing { bytes.append(UInt8(ascii: "=")) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}

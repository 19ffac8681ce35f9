internal import Core

/// The `Session-Id` header, which groups the calls of a key into a session.
enum SessionHeader {
    static let name = "Session-Id"
    static let longest = 128

    /// Nil when there is none, or nothing but white space.
    static func read(_ headers: HeaderFields, name: String = SessionHeader.name) throws(GatewayError) -> String? {
        guard let value = headers[name] else { return nil }
        let start = value.drop(while: \.isWhitespace)
        let length = start.reversed().drop(while: \.isWhitespace).count
        let key = String(start.prefix(length))
        guard !key.isEmpty else { return nil }
        guard key.unicodeScalars.count <= longest else {
            throw .invalid("The \(name) header is longer than \(longest) characters.", param: name)
        }
        guard key.unicodeScalars.allSatisfy(isPrintable) else {
            throw .invalid("The \(name) header holds a character that cannot be printed.", param: name)
        }
        return key
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: scalar != "\u{fffd}"
        }
    }
}

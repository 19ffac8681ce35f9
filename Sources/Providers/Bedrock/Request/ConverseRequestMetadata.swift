internal import Core

/// The labels that a call leaves in the account's own invocation log (conformance P10).
enum ConverseRequestMetadata {
    private static let maximumPairs = 16
    private static let maximumLength = 256

    /// The client's `metadata` and, as `user`, its `user`; nil when there is neither. Characters that the service does not
    /// take become `_`, what is too long is cut, and what is no text is left out: a label is not worth a failed call.
    static func json(_ request: ChatRequest) -> JSONValue? {
        var pairs: JSONObject = [:]
        if let user = request.user, !user.isEmpty { pairs["user"] = .string(fitted(user)) }
        for member in (request.metadata ?? [:]).members where pairs.count < maximumPairs {
            let name = fitted(member.name)
            guard !name.isEmpty, let value = member.value.string, pairs[name] == nil else { continue }
            pairs[name] = .string(fitted(value))
        }
        return pairs.isEmpty ? nil : .object(pairs)
    }

    private static func fitted(_ text: String) -> String {
        let kept = text.unicodeScalars.prefix(maximumLength).map { allows($0) ? Character($0) : "_" }
        return String(kept)
    }

    private static func allows(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", " ", "\t", "\n", "\r": true
        case ":", "_", "@", "$", "#", "=", "/", "+", ",", "-", ".": true
        default: false
        }
    }
}

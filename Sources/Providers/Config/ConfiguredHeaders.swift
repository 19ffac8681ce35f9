internal import Core

/// The header fields of every call to a configured model, and what of them must not be told.
enum ConfiguredHeaders {
    /// `authorization` carries the key as a bearer token, another field carries it bare. 400 naming the member at fault.
    static func fields(
        key: String?, authHeader: String, extra: [(String, String)]
    ) throws(GatewayError) -> HeaderFields {
        var headers: HeaderFields = ["Content-Type": "application/json"]
        try ConfiguredTexts.checkFieldName(authHeader, param: "config.authHeader")
        if let key {
            try ConfiguredTexts.checkFieldValue(key, param: "config.apiKey")
            headers[authHeader] = authHeader.equalsIgnoringCase("authorization") ? "Bearer " + key : key
        }
        for (name, value) in extra {
            let param = "config.headers.\(name)"
            try ConfiguredTexts.checkFieldName(name, param: param)
            try ConfiguredTexts.checkFieldValue(value, param: param)
            headers[name] = value
        }
        return headers
    }

    /// The key and all values of header fields and queries, but for those too short to be secret.
    static func secrets(key: String?, _ pairs: [(String, String)]...) -> [String] {
        ([key].compactMap { $0 } + pairs.joined().map(\.1)).filter { $0.utf8.count >= 8 }
    }
}

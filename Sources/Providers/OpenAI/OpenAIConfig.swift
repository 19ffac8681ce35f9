internal import Core

/// The parsed `config` of an `openai-compatible` model: what every call to it sends alike.
struct OpenAIConfig: Sendable {
    /// `<baseURL>/chat/completions`, with the configured query.
    let url: String
    /// `<baseURL>/embeddings`, with the same.
    let embeddingsURL: String
    /// `<baseURL>/images/generations`, with the same.
    let imagesURL: String
    let headers: HeaderFields
    /// Nil: the configured name of the model is also the upstream's.
    let model: String?
    /// The name under which the upstream expects a limit of output tokens.
    let tokenLimitMember: String
    let deadlines: Deadlines
    /// Texts that must not appear in an answer or a log, even when the upstream quotes them.
    let secrets: [String]

    static let fields: [ConfigField] = [
        ConfigField("baseURL", .string, required: true, "For example https://api.openai.com/v1."),
        ConfigField("apiKey", .string, secret: true, "Sent as `Authorization: Bearer`, or as authHeader says."),
        ConfigField("model", .string, "The upstream's name of the model; the configured name when absent."),
        ConfigField("headers", .object, secret: true, "Further header fields, names to strings."),
        ConfigField("query", .object, secret: true, "Query of each call, such as api-version; names to strings."),
        ConfigField("authHeader", .string, "The header field that carries apiKey bare, such as api-key on Azure."),
        ConfiguredDeadlines.field,
        ConfigField("maxRetries", .integer, "Further attempts after a failure that may pass, 0 to 10."),
    ]

    init(_ config: JSONObject) throws(GatewayError) {
        let base = try OpenAIBaseURL.check(config.present("baseURL")?.string ?? "")
        let query = try Self.strings("query", in: config)
        url = base.completions + OpenAIBaseURL.query(query)
        imagesURL = base.base + "/images/generations" + OpenAIBaseURL.query(query)
        embeddingsURL = base.base + "/embeddings" + OpenAIBaseURL.query(query)
        model = try Self.text("model", in: config)
        let key = try Self.text("apiKey", in: config)
        let extra = try Self.strings("headers", in: config)
        headers = try Self.headers(key: key, authHeader: try Self.text("authHeader", in: config), extra: extra)
        tokenLimitMember = base.isOpenAI ? "max_completion_tokens" : "max_tokens"
        deadlines = try ConfiguredDeadlines.read(config)
        secrets = ([key].compactMap { $0 } + extra.map(\.1) + query.map(\.1)).filter { $0.utf8.count >= 8 }
        if let retries = config.present("maxRetries"), !(0...10).contains(retries.int ?? -1) {
            throw .invalid("config.maxRetries: give a whole number from 0 to 10.", param: "config.maxRetries")
        }
    }

    private static func text(_ name: String, in config: JSONObject) throws(GatewayError) -> String? {
        guard let text = config.present(name)?.string else { return nil }
        guard !text.isEmpty else {
            throw .invalid("config.\(name): is empty. Give a value or leave it out.", param: "config.\(name)")
        }
        return text
    }

    private static func strings(_ name: String, in config: JSONObject) throws(GatewayError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for member in config.present(name)?.object?.members ?? [] {
            let param = "config.\(name).\(member.name)"
            guard let text = member.value.string else {
                throw .invalid("\(param): must be a string, not \(member.value.kind).", param: param)
            }
            pairs.append((member.name, text))
        }
        return pairs
    }

    private static func headers(
        key: String?, authHeader: String?, extra: [(String, String)]
    ) throws(GatewayError) -> HeaderFields {
        var headers: HeaderFields = ["Content-Type": "application/json"]
        if let authHeader { try checkName(authHeader, param: "config.authHeader") }
        if let key {
            try checkValue(key, param: "config.apiKey")
            if let authHeader, !authHeader.equalsIgnoringCase("authorization") {
                headers[authHeader] = key
            } else {
                headers["Authorization"] = "Bearer " + key
            }
        }
        for (name, value) in extra {
            let param = "config.headers.\(name)"
            try checkName(name, param: param)
            try checkValue(value, param: param)
            headers[name] = value
        }
        return headers
    }

    /// RFC 9110 section 5.1: a name is a token. Fields that frame the message are the transport's.
    private static func checkName(_ name: String, param: String) throws(GatewayError) {
        let marks = Array("!#$%&'*+-.^_`|~".utf8)
        let isToken =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || marks.contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
        guard isToken else { throw .invalid("\(param): is no name of a header field.", param: param) }
        let framing = ["host", "content-length", "transfer-encoding", "connection", "expect", "content-type"]
        guard !framing.contains(where: { name.equalsIgnoringCase($0) }) else {
            throw .invalid("\(param): is set by the gateway itself. Leave it out.", param: param)
        }
    }

    private static func checkValue(_ value: String, param: String) throws(GatewayError) {
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw .invalid("\(param): holds a control character.", param: param)
        }
    }
}

internal import Core

/// The parsed `config` of an `anthropic` model: what every call to it sends alike.
struct AnthropicConfig: Sendable {
    /// What the client's `anthropic-version` is when it sends none.
    static let defaultVersion = "2023-06-01"
    static let defaultAddress = "https://api.anthropic.com"

    /// `…/v1/messages`, without query.
    let messages: String
    /// `?name=value&…`, or empty.
    let query: String
    let headers: HeaderFields
    /// Nil: the configured name of the model is also the upstream's.
    let model: String?
    let version: String
    /// Names that every call's `anthropic-beta` has.
    let betas: [String]
    let deadlines: Deadlines
    /// Texts that must not appear in an answer or a log, even when the upstream quotes them.
    let secrets: [String]

    static let fields: [ConfigField] = [
        ConfigField("baseURL", .string, "https://api.anthropic.com when absent."),
        ConfigField("apiKey", .string, secret: true, "Sent as `x-api-key`, or as authHeader says."),
        ConfigField("model", .string, "The upstream's name of the model; the configured name when absent."),
        ConfigField("version", .string, "anthropic-version where the client sends none; 2023-06-01 when absent."),
        ConfigField("betas", .array, "Names that every call's anthropic-beta has, beside the client's own."),
        ConfigField("headers", .object, secret: true, "Further header fields, names to strings."),
        ConfigField("query", .object, secret: true, "Query of each call; names to strings."),
        ConfigField(
            "authHeader", .string, "`authorization` sends apiKey as a bearer token; another name carries it bare."),
        ConfiguredDeadlines.field,
        ConfigField("maxRetries", .integer, "Further attempts after a failure that may pass, 0 to 10."),
    ]

    init(_ config: JSONObject) throws(GatewayError) {
        let address = try ConfiguredAddress(
            config.present("baseURL")?.string ?? Self.defaultAddress, example: Self.defaultAddress)
        messages = Self.messages(at: address.text)
        let query = try ConfiguredTexts.pairs("query", in: config)
        self.query = OpenAIBaseURL.query(query)
        model = try ConfiguredTexts.text("model", in: config)
        version = try ConfiguredTexts.text("version", in: config) ?? Self.defaultVersion
        try ConfiguredTexts.checkFieldValue(version, param: "config.version")
        betas = try Self.betas(config)
        let key = try ConfiguredTexts.text("apiKey", in: config)
        let extra = try ConfiguredTexts.pairs("headers", in: config)
        headers = try ConfiguredHeaders.fields(
            key: key, authHeader: try ConfiguredTexts.text("authHeader", in: config) ?? "x-api-key", extra: extra)
        deadlines = try ConfiguredDeadlines.read(config)
        secrets = ConfiguredHeaders.secrets(key: key, extra, query)
        try GatewayFields.checkRetries(config)
    }

    var messagesURL: String { messages + query }
    var countURL: String { messages + "/count_tokens" + query }

    /// The host alone, its `/v1`, or the whole address of the endpoint are taken for what they mean.
    private static func messages(at base: String) -> String {
        if base.hasSuffix("/v1/messages") { return base }
        return base + (base.hasSuffix("/v1") ? "/messages" : "/v1/messages")
    }

    private static func betas(_ config: JSONObject) throws(GatewayError) -> [String] {
        var names: [String] = []
        for (index, value) in (config.present("betas")?.array ?? []).enumerated() {
            let param = "config.betas[\(index)]"
            guard let name = value.string, AnthropicBetas.isName(name) else {
                throw .invalid("\(param): give a name such as context-1m-2025-08-07.", param: param)
            }
            names.append(name)
        }
        return names
    }
}

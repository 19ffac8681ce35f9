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
        let query = try ConfiguredTexts.pairs("query", in: config)
        url = base.completions + OpenAIBaseURL.query(query)
        imagesURL = base.base + "/images/generations" + OpenAIBaseURL.query(query)
        embeddingsURL = base.base + "/embeddings" + OpenAIBaseURL.query(query)
        model = try ConfiguredTexts.text("model", in: config)
        let key = try ConfiguredTexts.text("apiKey", in: config)
        let extra = try ConfiguredTexts.pairs("headers", in: config)
        headers = try ConfiguredHeaders.fields(
            key: key, authHeader: try ConfiguredTexts.text("authHeader", in: config) ?? "Authorization", extra: extra)
        tokenLimitMember = base.isOpenAI ? "max_completion_tokens" : "max_tokens"
        deadlines = try ConfiguredDeadlines.read(config)
        secrets = ConfiguredHeaders.secrets(key: key, extra, query)
        try GatewayFields.checkRetries(config)
    }
}

/// Capabilities by model id, as data. The longest row that begins the id counts.
///
/// Sources: the service's model (botocore `bedrock-runtime/2023-09-30`), AWS's page "Supported models and model
/// features", the vendors' parameter pages. A model that is not listed gets ``unknown``: parameters are passed on,
/// and the service refuses what it does not take.
enum ModelCatalog {
    struct Row: Sendable {
        let prefix: String
        let capabilities: ModelCapabilities
    }

    static let unknown = ModelCapabilities(takesThinking: true)

    static func capabilities(of id: String) -> ModelCapabilities {
        var best: Row?
        for row in rows where id.hasPrefix(row.prefix) && row.prefix.utf8.count > (best?.prefix.utf8.count ?? 0) {
            best = row
        }
        return best?.capabilities ?? unknown
    }

    private static let claude = ModelCapabilities(
        takesStrictTools: true, takesToolResultMedia: true, cachePoints: .messagesAndTools, topK: .anthropic,
        takesThinking: true)

    /// 4.5: temperature or top_p, not both; caches for an hour.
    private static let claude45: ModelCapabilities = {
        var model = claude
        model.sampling = .temperatureOrTopP
        model.takesCacheTTL = true
        return model
    }()

    /// 4.6: also takes no beginning of its answer.
    private static let claude46: ModelCapabilities = {
        var model = claude45
        model.continuesAssistant = false
        return model
    }()

    /// 4.7 and later: no sampling parameters, no strict tools.
    private static let claude47: ModelCapabilities = {
        var model = claude46
        model.sampling = .none
        model.topK = .none
        model.takesStrictTools = false
        return model
    }()

    private static let nova = ModelCapabilities(takesToolResultMedia: true, cachePoints: .messages, topK: .nova)
    private static let automaticToolsOnly = ModelCapabilities(forcedTools: .none)
    private static let sixteenTokens = ModelCapabilities(minimumMaxTokens: 16, forcedTools: .none)

    static let rows: [Row] = [
        Row(prefix: "anthropic.claude", capabilities: claude),
        Row(prefix: "anthropic.claude-opus-4-1", capabilities: with(claude) { $0.sampling = .temperatureOrTopP }),
        Row(prefix: "anthropic.claude-opus-4-5", capabilities: claude45),
        Row(prefix: "anthropic.claude-sonnet-4-5", capabilities: claude45),
        Row(prefix: "anthropic.claude-haiku-4-5", capabilities: claude45),
        Row(prefix: "anthropic.claude-opus-4-6", capabilities: claude46),
        Row(prefix: "anthropic.claude-sonnet-4-6", capabilities: claude46),
        Row(prefix: "anthropic.claude-opus-4-7", capabilities: claude47),
        Row(prefix: "anthropic.claude-opus-4-8", capabilities: claude47),
        Row(prefix: "amazon.nova", capabilities: nova),
        Row(prefix: "meta.llama", capabilities: automaticToolsOnly),
        Row(prefix: "cohere.", capabilities: automaticToolsOnly),
        Row(prefix: "ai21.", capabilities: automaticToolsOnly),
        Row(prefix: "deepseek.", capabilities: automaticToolsOnly),
        Row(prefix: "mistral.", capabilities: ModelCapabilities(forcedTools: .any)),
        Row(prefix: "mistral.voxtral", capabilities: ModelCapabilities(forcedTools: .any, takesAudio: true)),
        Row(prefix: "openai.gpt-oss", capabilities: sixteenTokens),
        Row(
            prefix: "openai.",
            capabilities: with(sixteenTokens) {
                $0.sampling = .none
                $0.takesStopSequences = false
            }),
        Row(prefix: "xai.", capabilities: with(sixteenTokens) { $0.takesStopSequences = false }),
        Row(prefix: "moonshot", capabilities: sixteenTokens),
    ]

    private static func with(
        _ model: ModelCapabilities, _ change: (inout ModelCapabilities) -> Void
    ) -> ModelCapabilities {
        var model = model
        change(&model)
        return model
    }
}

/// Capabilities by the id of the foundation model, as data. The longest row that begins the id counts.
///
/// Sources: the service's model (botocore `bedrock-runtime/2023-09-30`), AWS's pages "Supported models and model
/// features", "Structured output" and "Prompt caching", the vendors' parameter pages. docs/models.md shows the same table;
/// a test keeps the two together. A model that is not listed gets ``unknown``: parameters are passed on, and the
/// service refuses what it does not take.
enum ModelCatalog {
    struct Row: Sendable {
        let prefix: String
        let capabilities: ModelCapabilities

        init(_ prefix: String, _ capabilities: ModelCapabilities) {
            self.prefix = prefix
            self.capabilities = capabilities
        }
    }

    static let unknown = ModelCapabilities()

    static func capabilities(of id: String) -> ModelCapabilities {
        var best: Row?
        for row in rows where id.hasPrefix(row.prefix) && row.prefix.utf8.count > (best?.prefix.utf8.count ?? 0) {
            best = row
        }
        return best?.capabilities ?? unknown
    }

    // MARK: Anthropic

    private static let claude2 = ModelCapabilities(
        images: false, tools: .none, structuredOutput: .text, reasoning: .none, topK: .anthropic, maxOutput: 4096)
    private static let claude3 = ModelCapabilities(
        toolResultMedia: true, reasoning: .none, topK: .anthropic, maxOutput: 4096)
    private static let claude35 = claude3.with {
        $0.cachePoints = .messagesAndTools
        $0.maxOutput = 8192
    }
    /// 3.7 and 4: thinks with a budget.
    private static let claude4 = claude35.with {
        $0.reasoning = .budget
        $0.maxOutput = 64000
    }
    /// 4.5: temperature or top_p, not both; caches for an hour; grammars for answers and tools.
    private static let claude45 = claude4.with {
        $0.sampling = .one
        $0.cacheTTL = true
        $0.structuredOutput = .native
        $0.strictTools = true
        $0.parallelSwitch = true
    }
    /// 4.6: thinks by its own measure; takes no beginning of its answer.
    private static let claude46 = claude45.with {
        $0.reasoning = .adaptive
        $0.prefill = false
    }
    /// 4.7 and later: no sampling parameters, no strict tools.
    private static let claude47 = claude46.with {
        $0.sampling = .none
        $0.topK = .none
        $0.strictTools = false
        $0.structuredOutput = .tool
        $0.efforts = ["low", "medium", "high", "xhigh", "max"]
    }

    // MARK: Others

    private static let nova = ModelCapabilities(
        toolResultMedia: true, reasoning: .none, topK: .nova, maxOutput: 5000, cachePoints: .messages)
    private static let textOnly = ModelCapabilities(images: false, tools: .auto, reasoning: .none)
    private static let textWithoutTools = ModelCapabilities(
        images: false, tools: .none, structuredOutput: .text, reasoning: .none)
    private static let native = ModelCapabilities(images: false, structuredOutput: .native, reasoning: .none)
    private static let mistral = ModelCapabilities(images: false, tools: .any, reasoning: .none)
    private static let mistral3 = mistral.with {
        $0.images = true
        $0.structuredOutput = .native
    }
    private static let openai = ModelCapabilities(
        images: false, tools: .auto, reasoning: .effortWord, minOutput: 16)

    static let rows: [Row] = [
        Row("anthropic.claude", claude47),
        Row("anthropic.claude-instant", claude2),
        Row("anthropic.claude-v2", claude2),
        Row("anthropic.claude-3", claude3),
        Row("anthropic.claude-3-5-sonnet-20240620", claude3.with { $0.maxOutput = 8192 }),
        Row("anthropic.claude-3-5-sonnet-20241022", claude35),
        Row("anthropic.claude-3-5-haiku", claude35.with { $0.images = false }),
        Row("anthropic.claude-3-7-sonnet", claude4),
        Row("anthropic.claude-sonnet-4-2025", claude4),
        Row("anthropic.claude-opus-4-2025", claude4.with { $0.maxOutput = 32000 }),
        Row(
            "anthropic.claude-opus-4-1",
            claude4.with {
                $0.sampling = .one
                $0.maxOutput = 32000
            }),
        Row("anthropic.claude-opus-4-5", claude45),
        Row("anthropic.claude-sonnet-4-5", claude45),
        Row("anthropic.claude-haiku-4-5", claude45),
        Row("anthropic.claude-opus-4-6", claude46.with { $0.efforts = ["low", "medium", "high", "max"] }),
        Row("anthropic.claude-sonnet-4-6", claude46),
        Row("anthropic.claude-opus-4-7", claude47),
        Row("anthropic.claude-opus-4-8", claude47),
        Row("amazon.nova", nova),
        Row(
            "amazon.nova-micro",
            nova.with {
                $0.images = false
                $0.documents = false
            }),
        Row(
            "amazon.nova-2",
            nova.with {
                $0.reasoning = .nova
                $0.maxOutput = 64000
            }),
        Row("amazon.titan-text", textWithoutTools),
        Row("meta.llama", textOnly),
        Row("meta.llama2", textWithoutTools),
        Row("meta.llama3-8b", textWithoutTools),
        Row("meta.llama3-70b", textWithoutTools),
        Row("meta.llama3-2-11b", textOnly.with { $0.images = true }),
        Row("meta.llama3-2-90b", textOnly.with { $0.images = true }),
        Row("meta.llama4", textOnly.with { $0.images = true }),
        Row("cohere.", textOnly),
        Row("ai21.", textOnly),
        Row("writer.", textOnly.with { $0.images = true }),
        Row("deepseek.", textOnly),
        Row("deepseek.r1", textWithoutTools),
        Row(
            "deepseek.v3",
            textOnly.with {
                $0.reasoning = .configWord
                $0.structuredOutput = .native
            }),
        Row("mistral.", mistral),
        Row("mistral.mistral-7b", textWithoutTools),
        Row("mistral.mixtral-8x7b", textWithoutTools),
        Row("mistral.pixtral", mistral.with { $0.images = true }),
        Row("mistral.mistral-large-3", mistral3),
        Row("mistral.ministral-3", mistral3),
        Row("mistral.magistral", mistral3.with { $0.images = false }),
        Row(
            "mistral.voxtral",
            mistral.with {
                $0.audio = true
                $0.structuredOutput = .native
            }),
        Row("openai.gpt-oss", openai.with { $0.structuredOutput = .native }),
        Row(
            "openai.",
            openai.with {
                $0.images = true
                $0.sampling = .none
                $0.stopSequences = false
                $0.efforts = ["minimal", "low", "medium", "high"]
            }),
        Row(
            "xai.",
            openai.with {
                $0.images = true
                $0.stopSequences = false
            }),
        Row(
            "moonshot",
            openai.with {
                $0.images = true
                $0.reasoning = .none
                $0.structuredOutput = .native
            }),
        Row("qwen.qwen3", native),
        Row("qwen.qwen3-vl", native.with { $0.images = true }),
        Row("minimax.", native),
        Row("google.gemma-3", native.with { $0.images = true }),
        Row("nvidia.nemotron", native.with { $0.images = true }),
    ]
}

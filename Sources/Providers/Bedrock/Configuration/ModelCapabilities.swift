/// What a model on Bedrock takes, as far as requests must differ by model. The raw values and the member names of
/// ``ModelCapabilities/members`` are what `config.capabilities` and docs/models.md use.
struct ModelCapabilities: Sendable, Equatable {
    enum Sampling: String, Sendable, CaseIterable { case both, one, none }
    /// How far `toolConfig` is understood: not at all, without forcing a call, with forcing some call, or a named one.
    enum Tools: String, Sendable, CaseIterable { case none, auto, any, named }
    /// Where `cachePoint` blocks are understood.
    enum CachePoints: String, Sendable, CaseIterable { case none, messages, messagesAndTools }
    /// The vendor's own member for `top_k`.
    enum TopK: String, Sendable, CaseIterable { case none, anthropic, nova }
    /// How a model is asked to reason.
    enum Reasoning: String, Sendable, CaseIterable {
        case none
        /// A client's `thinking` goes along, with a budget that fits; nothing else asks for any.
        case asSent
        /// Anthropic's `thinking` with a number of tokens.
        case budget
        /// Anthropic's `thinking` by the model's own measure, with an effort.
        case adaptive
        case nova
        /// A member of that name with a plain word.
        case effortWord = "reasoning_effort"
        case configWord = "reasoning_config"
    }
    /// How an answer is made to fit a JSON schema.
    enum StructuredOutput: String, Sendable, CaseIterable { case native, tool, text }

    var images = true
    var documents = true
    var audio = false
    /// Images and documents inside a tool's result, and its `status`.
    var toolResultMedia = false
    var tools = Tools.named
    var strictTools = false
    /// `disable_parallel_tool_use` is understood.
    var parallelSwitch = false
    var structuredOutput = StructuredOutput.tool
    var reasoning = Reasoning.asSent
    /// The words for an effort, weakest first.
    var efforts = ["low", "medium", "high"]
    var sampling = Sampling.both
    var topK = TopK.none
    var stopSequences = true
    /// The fewest output tokens that may be asked for.
    var minOutput = 1
    /// The most that the model gives, where that is known for sure.
    var maxOutput: Int?
    /// The last message may be the assistant's, to be continued.
    var prefill = true
    var cachePoints = CachePoints.none
    /// A lifetime other than five minutes.
    var cacheTTL = false

    /// Reasoning goes back and forth as signed blocks, and excludes sampling and forced calls.
    var thinks: Bool {
        switch reasoning {
        case .asSent, .budget, .adaptive: true
        case .none, .nova, .effortWord, .configWord: false
        }
    }

    func with(_ change: (inout ModelCapabilities) -> Void) -> ModelCapabilities {
        var copy = self
        change(&copy)
        return copy
    }
}

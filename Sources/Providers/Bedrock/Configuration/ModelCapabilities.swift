/// What a model on Bedrock takes, as far as requests must differ by model.
struct ModelCapabilities: Sendable, Equatable {
    enum Sampling: Sendable { case temperatureAndTopP, temperatureOrTopP, none }
    /// How `toolConfig.toolChoice` may force a call.
    enum ForcedTools: Sendable { case none, any, anyOrNamed }
    /// Where `cachePoint` blocks are understood.
    enum CachePoints: Sendable { case none, messages, messagesAndTools }
    /// The vendor's own member for `top_k`.
    enum TopK: Sendable { case none, anthropic, nova }

    var sampling = Sampling.temperatureAndTopP
    var takesStopSequences = true
    /// The fewest output tokens that may be asked for.
    var minimumMaxTokens = 1
    var forcedTools = ForcedTools.anyOrNamed
    var takesStrictTools = false
    /// Images and documents inside a tool's result, and its `status`.
    var takesToolResultMedia = false
    /// Whether the last message may be the assistant's, to be continued.
    var continuesAssistant = true
    var takesAudio = false
    var cachePoints = CachePoints.none
    /// A lifetime other than five minutes.
    var takesCacheTTL = false
    var topK = TopK.none
    /// Anthropic's `thinking` object.
    var takesThinking = false
}

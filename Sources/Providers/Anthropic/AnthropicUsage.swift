internal import Core

/// Gathers Anthropic's `usage`, whose later reports name only the counts that changed.
struct AnthropicUsage {
    /// More tokens than any call has; keeps a broken counter from overflowing the ledger's sums.
    private static let most = 1_000_000_000

    private var input = 0
    private var output = 0
    private var cacheRead = 0
    private var cacheCreation = 0
    private var oneHour = 0

    /// `input_tokens` excludes what was read from or written to a cache. `cache_creation` tells the lifetimes of what was
    /// written, and is used only if it adds up.
    var tokens: TokenUsage {
        let oneHour = min(oneHour, cacheCreation)
        return TokenUsage(
            input: input, output: output, cacheRead: cacheRead, cacheWrite: cacheCreation - oneHour,
            cacheWriteOneHour: oneHour)
    }

    mutating func take(_ usage: JSONObject) {
        Self.read(usage, "input_tokens", into: &input)
        Self.read(usage, "output_tokens", into: &output)
        Self.read(usage, "cache_read_input_tokens", into: &cacheRead)
        Self.read(usage, "cache_creation_input_tokens", into: &cacheCreation)
        guard let lifetimes = usage.present("cache_creation")?.object else { return }
        var fiveMinutes = 0
        var oneHour = 0
        Self.read(lifetimes, "ephemeral_5m_input_tokens", into: &fiveMinutes)
        Self.read(lifetimes, "ephemeral_1h_input_tokens", into: &oneHour)
        self.oneHour = fiveMinutes + oneHour == cacheCreation ? oneHour : 0
    }

    private static func read(_ object: JSONObject, _ name: String, into count: inout Int) {
        if let number = object.present(name)?.int { count = min(max(number, 0), most) }
    }
}

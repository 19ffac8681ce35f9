/// How many tokens of each priced kind a call used. `input` excludes what was read from or written to a cache.
package struct TokenUsage: Sendable, Hashable {
    package var input: Int
    package var output: Int
    package var cacheRead: Int
    /// Written with the 5-minute lifetime.
    package var cacheWrite: Int
    package var cacheWriteOneHour: Int
    /// Part of `output` that was spent on reasoning, where the provider says so; priced as output.
    package var reasoning: Int?

    package init(
        input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite: Int = 0, cacheWriteOneHour: Int = 0,
        reasoning: Int? = nil
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.cacheWriteOneHour = cacheWriteOneHour
        self.reasoning = reasoning
    }

    /// What OpenAI calls prompt tokens: every token of the request, cached or not.
    package var prompt: Int { input + cacheRead + cacheWrite + cacheWriteOneHour }
    package var total: Int { prompt + output }
}

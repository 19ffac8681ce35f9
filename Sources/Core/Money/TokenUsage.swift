/// How many tokens of each priced kind a call used, and how many images it made. `input` excludes what was read from or written to a cache.
package struct TokenUsage: Sendable, Hashable {
    package var input: Int
    package var output: Int
    package var cacheRead: Int
    /// Written with the 5-minute lifetime.
    package var cacheWrite: Int
    package var cacheWriteOneHour: Int
    /// Part of `output` that was spent on reasoning, where the provider says so; priced as output.
    package var reasoning: Int?
    /// Images made.
    package var images: Int

    package init(
        input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite: Int = 0, cacheWriteOneHour: Int = 0,
        reasoning: Int? = nil, images: Int = 0
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.cacheWriteOneHour = cacheWriteOneHour
        self.reasoning = reasoning
        self.images = images
    }

    /// Tokens written to a cache, with whichever lifetime.
    package var cacheCreation: Int { Self.sum(cacheWrite, cacheWriteOneHour) }
    /// What OpenAI calls prompt tokens: every token of the request, cached or not.
    package var prompt: Int { Self.sum(input, cacheRead, cacheCreation) }
    package var total: Int { Self.sum(prompt, output) }

    /// Adds what a further call to the upstream used.
    package mutating func add(_ other: TokenUsage) {
        input = Self.sum(input, other.input)
        output = Self.sum(output, other.output)
        cacheRead = Self.sum(cacheRead, other.cacheRead)
        cacheWrite = Self.sum(cacheWrite, other.cacheWrite)
        cacheWriteOneHour = Self.sum(cacheWriteOneHour, other.cacheWriteOneHour)
        images = Self.sum(images, other.images)
        if let tokens = other.reasoning { reasoning = Self.sum(reasoning ?? 0, tokens) }
    }

    /// Saturates: the counts are a provider's, and no number that one sends may stop the process.
    private static func sum(_ counts: Int...) -> Int {
        counts.reduce(0) { sum, count in
            let (total, overflow) = sum.addingReportingOverflow(count)
            return overflow ? (count > 0 ? .max : .min) : total
        }
    }
}

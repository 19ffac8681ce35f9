/// One thing that a model's answer tells, in no vendor's dialect. A whole (non-stream) answer is a sequence of the same.
package enum ChatEvent: Sendable, Equatable {
    case text(String)
    case reasoning(String)
    /// Ends the current thinking block.
    case reasoningSignature(String)
    case redactedReasoning(data: String)
    /// `index` counts the answer's tool calls from 0, without gaps.
    case toolStart(index: Int, id: String, name: String)
    case toolArguments(index: Int, text: String)
    case toolEnd(index: Int)
    case finish(FinishReason)
    /// Replaces what was reported before: counts are totals of the call, not increments.
    case usage(TokenUsage)
}

/// Why an answer ended. The raw values are OpenAI's.
package enum FinishReason: String, Sendable {
    case stop
    case length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
}

/// What one read of a provider's stream brought.
package struct ChatDelta: Sendable {
    package var events: [ChatEvent]
    /// When the provider speaks OpenAI's dialect: its own chunks (or its one answer), unchanged, one for each `data:`
    /// line, so that members that events do not carry (log-probabilities, further choices) reach an OpenAI client.
    package var openAI: [JSONObject]
    /// The tier of service that answered, in OpenAI's words, once the provider tells it.
    package var serviceTier: String?

    package init(_ events: [ChatEvent], openAI: [JSONObject] = [], serviceTier: String? = nil) {
        self.events = events
        self.openAI = openAI
        self.serviceTier = serviceTier
    }
}

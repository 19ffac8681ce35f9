internal import Core

/// How an answer ended, in Anthropic's words.
struct MessageStop: Sendable, Equatable {
    private var finish: FinishReason?
    private var isSequence = false
    private var sequence: String?
    private var hasTools = false

    /// Remembers what an event tells of the end.
    mutating func take(_ event: ChatEvent) {
        switch event {
        case .finish(let reason): finish = reason
        case .stopSequence(let text):
            isSequence = true
            sequence = text
        case .toolStart: hasTools = true
        default: break
        }
    }

    /// A call that was forced ends in OpenAI's dialect as any answer does; here it is the tool's turn.
    private var reason: String {
        switch finish {
        case .length: "max_tokens"
        case .contentFilter: "refusal"
        case .toolCalls: "tool_use"
        case .stop, nil: hasTools ? "tool_use" : isSequence ? "stop_sequence" : "end_turn"
        }
    }

    /// `"stop_reason":…,"stop_sequence":…`, and two members that only Anthropic's own service fills.
    func append(to bytes: inout [UInt8]) {
        bytes.append(ascii: #""stop_reason":"#)
        bytes.appendJSON(reason)
        bytes.append(ascii: #","stop_sequence":"#)
        bytes.appendJSON(.optional(sequence))
        bytes.append(ascii: #","stop_details":null,"container":null"#)
    }
}

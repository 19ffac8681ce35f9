internal import Core

/// Bedrock's `stopReason` in OpenAI's words (conformance R4). The raw value never reaches a client.
enum ConverseStopReason {
    static func finish(_ reason: String) -> FinishReason {
        switch reason {
        case "tool_use": .toolCalls
        case "max_tokens", "model_context_window_exceeded": .length
        case "content_filtered", "guardrail_intervened": .contentFilter
        default: .stop
        }
    }

    /// The model's own output could not be read. An answer that holds nothing else is none.
    static func isMalformed(_ reason: String) -> Bool {
        reason == "malformed_model_output" || reason == "malformed_tool_use"
    }
}

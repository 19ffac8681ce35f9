internal import Core

/// The members that whole answers and stream events have in common, written without values in between.
extension [UInt8] {
    /// Anthropic's `usage` object: `input_tokens` excludes cached ones. What nothing here can tell is `null`, because the
    /// specification requires each member in an answer.
    mutating func appendMessageUsage(_ usage: TokenUsage) {
        append(ascii: #"{"input_tokens":"#)
        append(decimal: usage.input)
        append(ascii: #","cache_creation_input_tokens":"#)
        append(decimal: usage.cacheCreation)
        append(ascii: #","cache_read_input_tokens":"#)
        append(decimal: usage.cacheRead)
        append(ascii: #","cache_creation":{"ephemeral_5m_input_tokens":"#)
        append(decimal: usage.cacheWrite)
        append(ascii: #","ephemeral_1h_input_tokens":"#)
        append(decimal: usage.cacheWriteOneHour)
        append(ascii: #"},"output_tokens":"#)
        append(decimal: usage.output)
        append(ascii: #","output_tokens_details":"#)
        if let reasoning = usage.reasoning {
            append(ascii: #"{"thinking_tokens":"#)
            append(decimal: reasoning)
            append(UInt8(ascii: "}"))
        } else {
            append(ascii: "null")
        }
        append(ascii: #","server_tool_use":null,"service_tier":"standard","inference_geo":null}"#)
    }

    /// `event: …` and the beginning of its data; the rest of the JSON and ``endEvent()`` follow.
    mutating func beginEvent(_ name: StaticString) {
        append(ascii: "event: ")
        append(ascii: name)
        append(ascii: "\ndata: ")
    }

    mutating func endEvent() { append(ascii: "\n\n") }
}

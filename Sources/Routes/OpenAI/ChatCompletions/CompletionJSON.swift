internal import Core

/// The members that whole answers and chunks of a stream have in common, written without values in between.
extension [UInt8] {
    mutating func append(decimal number: Int) { append(contentsOf: String(number).utf8) }

    /// OpenAI's `usage` object (conformance.md 5.9): cached tokens are part of the prompt tokens, and written ones
    /// are told in an extension of ours, `cache_creation_tokens`.
    mutating func appendUsage(_ usage: TokenUsage) {
        append(ascii: #"{"prompt_tokens":"#)
        append(decimal: usage.prompt)
        append(ascii: #","completion_tokens":"#)
        append(decimal: usage.output)
        append(ascii: #","total_tokens":"#)
        append(decimal: usage.total)
        append(ascii: #","prompt_tokens_details":{"cached_tokens":"#)
        append(decimal: usage.cacheRead)
        append(ascii: #","cache_creation_tokens":"#)
        append(decimal: usage.cacheCreation)
        append(UInt8(ascii: "}"))
        if let reasoning = usage.reasoning {
            append(ascii: #","completion_tokens_details":{"reasoning_tokens":"#)
            append(decimal: reasoning)
            append(UInt8(ascii: "}"))
        }
        append(UInt8(ascii: "}"))
    }

    /// A thinking block as LiteLLM and Anthropic spell it, so that a client can send it back with its signature.
    mutating func appendThinkingBlock(_ block: ReasoningBlock) {
        switch block {
        case .thinking(let text, let signature):
            append(ascii: #"{"type":"thinking","thinking":"#)
            appendJSON(text)
            if let signature {
                append(ascii: #","signature":"#)
                appendJSON(signature)
            }
        case .redacted(let data):
            append(ascii: #"{"type":"redacted_thinking","data":"#)
            appendJSON(data)
        }
        append(UInt8(ascii: "}"))
    }

    mutating func appendFunction(name: String, arguments: String) {
        append(ascii: #""type":"function","function":{"name":"#)
        appendJSON(name)
        append(ascii: #","arguments":"#)
        appendJSON(arguments)
        append(UInt8(ascii: "}"))
    }
}

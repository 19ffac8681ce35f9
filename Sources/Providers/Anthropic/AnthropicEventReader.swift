internal import Core

/// Turns Anthropic's stream events, or its one message, into chat events.
///
/// Unknown events, blocks and deltas are passed over: the API adds such without notice, and an Anthropic client gets them
/// in the event itself.
struct AnthropicEventReader {
    /// A tool call of the answer, found by its content block.
    private struct Tool {
        let block: Int
        var hasArguments = false
    }

    private var usage = AnthropicUsage()
    private var hasUsage = false
    private var tools: [Tool] = []
    /// `message_stop` was seen.
    private(set) var isStopped = false

    /// Appends what an event tells; an `error` event is the caller's affair.
    mutating func read(_ event: JSONObject, into events: inout [ChatEvent]) {
        switch event["type"]?.string {
        case "message_start":
            // Told with the first block: a call that fails before it costs nothing.
            if let usage = event["message"]?.object?["usage"]?.object { take(usage) }
        case "content_block_start":
            guard let block = event["content_block"]?.object, let index = event["index"]?.int else { return }
            tellUsage(into: &events)
            start(block, at: index, into: &events)
        case "content_block_delta":
            guard let delta = event["delta"]?.object, let index = event["index"]?.int else { return }
            add(delta, at: index, into: &events)
        case "content_block_stop":
            if let index = event["index"]?.int { stop(index, into: &events) }
        case "message_delta":
            if let usage = event["usage"]?.object { take(usage) }
            if let delta = event["delta"]?.object { finish(delta, into: &events) }
            tellUsage(into: &events)
        case "message_stop": isStopped = true
        default: break
        }
    }

    /// The events of a whole message.
    static func events(of message: JSONObject) -> [ChatEvent] {
        var reader = AnthropicEventReader()
        var events: [ChatEvent] = []
        for (index, value) in (message["content"]?.array ?? []).enumerated() {
            guard let block = value.object else { continue }
            reader.start(block, at: index, into: &events)
            reader.stop(index, into: &events)
        }
        if let usage = message["usage"]?.object { reader.take(usage) }
        reader.finish(message, into: &events)
        reader.tellUsage(into: &events)
        return events
    }

    private mutating func take(_ report: JSONObject) {
        usage.take(report)
        hasUsage = true
    }

    private mutating func tellUsage(into events: inout [ChatEvent]) {
        guard hasUsage else { return }
        hasUsage = false
        events.append(.usage(usage.tokens))
    }

    private mutating func start(_ block: JSONObject, at index: Int, into events: inout [ChatEvent]) {
        switch block["type"]?.string {
        case "text": Self.append(block["text"], as: ChatEvent.text, to: &events)
        case "thinking":
            Self.append(block["thinking"], as: ChatEvent.reasoning, to: &events)
            Self.append(block["signature"], as: ChatEvent.reasoningSignature, to: &events)
        case "redacted_thinking": Self.append(block["data"], as: ChatEvent.redactedReasoning, to: &events)
        case "tool_use":
            guard let id = block["id"]?.string, let name = block["name"]?.string else { return }
            events.append(.toolStart(index: tools.count, id: id, name: name))
            tools.append(Tool(block: index))
            if let input = block["input"]?.object, !input.isEmpty {
                addArguments(JSONValue.object(input).text, at: index, into: &events)
            }
        default: break
        }
    }

    private mutating func add(_ delta: JSONObject, at index: Int, into events: inout [ChatEvent]) {
        switch delta["type"]?.string {
        case "text_delta": Self.append(delta["text"], as: ChatEvent.text, to: &events)
        case "thinking_delta": Self.append(delta["thinking"], as: ChatEvent.reasoning, to: &events)
        case "signature_delta": Self.append(delta["signature"], as: ChatEvent.reasoningSignature, to: &events)
        case "input_json_delta":
            if let text = delta["partial_json"]?.string, !text.isEmpty { addArguments(text, at: index, into: &events) }
        default: break
        }
    }

    private static func append(
        _ value: JSONValue?, as event: (String) -> ChatEvent, to events: inout [ChatEvent]
    ) {
        if let text = value?.string, !text.isEmpty { events.append(event(text)) }
    }

    private mutating func addArguments(_ text: String, at block: Int, into events: inout [ChatEvent]) {
        guard let index = tools.lastIndex(where: { $0.block == block }) else { return }
        tools[index].hasArguments = true
        events.append(.toolArguments(index: index, text: text))
    }

    private mutating func stop(_ block: Int, into events: inout [ChatEvent]) {
        guard let index = tools.lastIndex(where: { $0.block == block }) else { return }
        if !tools[index].hasArguments { events.append(.toolArguments(index: index, text: "{}")) }
        events.append(.toolEnd(index: index))
    }

    private mutating func finish(_ delta: JSONObject, into events: inout [ChatEvent]) {
        guard let reason = delta.present("stop_reason")?.string else { return }
        if reason == "stop_sequence" { events.append(.stopSequence(delta["stop_sequence"]?.string)) }
        events.append(.finish(Self.finish(reason)))
    }

    private static func finish(_ reason: String) -> FinishReason {
        switch reason {
        case "tool_use": .toolCalls
        case "max_tokens", "model_context_window_exceeded": .length
        case "refusal": .contentFilter
        default: .stop
        }
    }
}

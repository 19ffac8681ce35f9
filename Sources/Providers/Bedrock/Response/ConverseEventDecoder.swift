internal import Core

/// Turns the messages of a ConverseStream answer into chat events.
///
/// Unknown event types and members are ignored: the service adds such without notice (conformance T5).
struct ConverseEventDecoder {
    /// A tool call of the answer, found by its content block. Few, so a list is searched.
    private struct Tool {
        let block: Int
        let index: Int
        var hasArguments = false
        var isOpen = true
    }

    private var reading: ConverseReading
    /// Comes with `messageStop`, to be told with the usage that follows.
    private var reasoningTokens: Int?
    private(set) var serviceTier: String?
    private var tools: [Tool] = []
    private var hasOutput = false
    /// `messageStop` was seen: the answer is complete, usage follows.
    private(set) var isStopped = false

    init(reading: ConverseReading) { self.reading = reading }

    /// What a client is to see of the events, once for each read of the stream.
    mutating func finished(_ events: [ChatEvent]) -> [ChatEvent] {
        guard !events.isEmpty, var structured = reading.structured else { return events }
        reading.structured = nil
        defer { reading.structured = structured }
        return structured.read(events)
    }

    /// Appends what the message tells. Throws for exception and error messages, and for events that cannot be read.
    mutating func decode(_ message: EventStreamMessage, into events: inout [ChatEvent]) throws(GatewayError) {
        guard let type = message.type else { return }
        if message.bytes.spells("event", at: type) {
            guard let event = message.event else { return }
            try decode(event, of: message, into: &events)
        } else if message.bytes.spells("exception", at: type) {
            throw BedrockFault(exception: message).gatewayError
        } else if message.bytes.spells("error", at: type) {
            throw BedrockFault(error: message).gatewayError
        }
    }

    private mutating func decode(
        _ event: Range<Int>, of message: EventStreamMessage, into events: inout [ChatEvent]
    ) throws(GatewayError) {
        if message.bytes.spells("contentBlockDelta", at: event) {
            if let text = ConverseTextDelta.text(message.bytes, in: message.payload) {
                add(text: text, to: &events)
            } else {
                delta(try Self.payload(of: message), into: &events)
            }
        } else if message.bytes.spells("contentBlockStart", at: event) {
            start(try Self.payload(of: message), into: &events)
        } else if message.bytes.spells("contentBlockStop", at: event) {
            guard let block = try Self.payload(of: message)["contentBlockIndex"]?.int else { return }
            endTool(of: block, into: &events)
        } else if message.bytes.spells("messageStop", at: event) {
            try stop(try Self.payload(of: message), into: &events)
        } else if message.bytes.spells("metadata", at: event) {
            let metadata = try Self.payload(of: message)
            if let tier = metadata.present("serviceTier")?.object?["type"]?.string { serviceTier = tier }
            guard let usage = metadata.present("usage")?.object else { return }
            events.append(.usage(ConverseUsage.usage(usage, reasoning: reasoningTokens)))
        }
    }

    private static func payload(of message: EventStreamMessage) throws(GatewayError) -> JSONObject {
        do throws(JSONError) {
            if case .object(let object) = try JSONParser.parse(message.bytes, in: message.payload) { return object }
            throw JSONError("the payload is no object", at: 0)
        } catch {
            throw .upstream(
                "The provider sent an event that cannot be read.", cause: "Bedrock event payload: \(error.description)")
        }
    }

    private mutating func start(_ event: JSONObject, into events: inout [ChatEvent]) {
        // Tools that the service runs itself are not the client's to answer.
        guard let tool = event["start"]?.object?.present("toolUse")?.object, tool.present("type") == nil,
            let block = event["contentBlockIndex"]?.int, let id = tool["toolUseId"]?.string,
            let name = tool["name"]?.string
        else { return }
        let index = tools.count
        tools.append(Tool(block: block, index: index))
        hasOutput = true
        events.append(.toolStart(index: index, id: id, name: reading.toolNames[name] ?? name))
    }

    private mutating func delta(_ event: JSONObject, into events: inout [ChatEvent]) {
        guard let delta = event["delta"]?.object else { return }
        if let text = delta.present("text")?.string {
            add(text: text, to: &events)
        } else if let tool = delta.present("toolUse")?.object {
            guard let text = tool["input"]?.string, let block = event["contentBlockIndex"]?.int else { return }
            addArguments(text, of: block, to: &events)
        } else if let reasoning = delta.present("reasoningContent")?.object {
            Self.add(reasoning, to: &events)
        }
    }

    private mutating func add(text: String, to events: inout [ChatEvent]) {
        guard !text.isEmpty else { return }
        hasOutput = true
        events.append(.text(text))
    }

    private static func add(_ reasoning: JSONObject, to events: inout [ChatEvent]) {
        if let text = reasoning.present("text")?.string, !text.isEmpty { events.append(.reasoning(text)) }
        if let signature = reasoning.present("signature")?.string { events.append(.reasoningSignature(signature)) }
        if let data = reasoning.present("redactedContent")?.string { events.append(.redactedReasoning(data: data)) }
    }

    private mutating func addArguments(_ text: String, of block: Int, to events: inout [ChatEvent]) {
        guard !text.isEmpty, let place = tools.lastIndex(where: { $0.block == block && $0.isOpen }) else { return }
        tools[place].hasArguments = true
        events.append(.toolArguments(index: tools[place].index, text: text))
    }

    /// A call without arguments is one with `{}` (conformance Z4).
    private mutating func endTool(of block: Int, into events: inout [ChatEvent]) {
        guard let place = tools.lastIndex(where: { $0.block == block && $0.isOpen }) else { return }
        tools[place].isOpen = false
        if !tools[place].hasArguments { events.append(.toolArguments(index: tools[place].index, text: "{}")) }
        events.append(.toolEnd(index: tools[place].index))
    }

    private mutating func stop(_ event: JSONObject, into events: inout [ChatEvent]) throws(GatewayError) {
        guard let reason = event["stopReason"]?.string else {
            throw .upstream("The provider sent an event that cannot be read.", cause: "messageStop without stopReason")
        }
        if ConverseStopReason.isMalformed(reason), !hasOutput {
            throw .upstream("The model's output could not be read.", cause: "Bedrock stopReason \(reason)")
        }
        for tool in tools where tool.isOpen { endTool(of: tool.block, into: &events) }
        isStopped = true
        reasoningTokens = ConverseUsage.reasoning(event.present("additionalModelResponseFields"))
        if reason == "stop_sequence" { events.append(.stopSequence(nil)) }
        events.append(.finish(ConverseStopReason.finish(reason)))
    }
}

internal import Core

/// Turns OpenAI's chunks, or its one answer, into events. Holds what one answer needs from chunk to chunk.
struct OpenAIChunkReader {
    /// For the ids of tool calls that an upstream left without one.
    private let requestID: String
    private let choices: Int
    private var finished = 0
    private var tools: [Tool] = []

    private struct Tool {
        let upstreamIndex: Int?
        let id: String?
        var isOpen = true
    }

    /// `choices`: how many the request asked for (`n`).
    init(requestID: String, choices: Int) {
        self.requestID = requestID
        self.choices = max(choices, 1)
    }

    /// Whether each choice has told its finish reason: from here an end of the stream is a proper one.
    var isFinished: Bool { finished >= choices }

    /// Appends what a chunk tells. Only the first choice becomes events; the others reach an OpenAI client in the chunk.
    mutating func read(_ chunk: JSONObject, into events: inout [ChatEvent]) {
        var usage = chunk["usage"]?.object ?? chunk["x_groq"]?.object?["usage"]?.object
        for choice in chunk["choices"]?.array ?? [] {
            guard let choice = choice.object else { continue }
            let isFirst = (choice["index"]?.int ?? 0) == 0
            if isFirst, let message = (choice["delta"] ?? choice["message"])?.object {
                readMessage(message, into: &events)
            }
            if usage == nil { usage = choice["usage"]?.object }
            guard let reason = choice["finish_reason"]?.string else { continue }
            finished += 1
            if isFirst { finish(reason, into: &events) }
        }
        if let usage, let counts = OpenAIUsage.read(usage) { events.append(.usage(counts)) }
    }

    private mutating func readMessage(_ message: JSONObject, into events: inout [ChatEvent]) {
        // DeepSeek, vLLM and others spell it one way, OpenRouter and Groq the other; some send both.
        if let text = (message.present("reasoning_content") ?? message.present("reasoning"))?.string, !text.isEmpty {
            events.append(.reasoning(text))
        }
        switch message["content"] {
        case .string(let text): if !text.isEmpty { events.append(.text(text)) }
        case .array(let parts):
            for part in parts {
                if let text = part.object?["text"]?.string, !text.isEmpty { events.append(.text(text)) }
            }
        default: break
        }
        if let text = message["refusal"]?.string, !text.isEmpty { events.append(.text(text)) }
        for call in message["tool_calls"]?.array ?? [] {
            if let call = call.object { readTool(call, into: &events) }
        }
    }

    /// A call begins where its index or its id is new: some upstreams send no index, others 0 for each of several.
    private mutating func readTool(_ call: JSONObject, into events: inout [ChatEvent]) {
        let upstream = call["index"]?.int
        let id = call["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let function = call["function"]?.object
        var dense = upstream == nil && id == nil ? tools.indices.last : nil
        if dense == nil {
            dense = tools.lastIndex { tool in
                (upstream == nil || tool.upstreamIndex == upstream) && (id == nil || tool.id == nil || tool.id == id)
            }
        }
        let index = dense ?? tools.count
        if dense == nil {
            tools.append(Tool(upstreamIndex: upstream, id: id))
            events.append(
                .toolStart(
                    index: index, id: id ?? "call_\(requestID)_\(index)", name: function?["name"]?.string ?? ""))
        }
        if let text = function?["arguments"]?.string, !text.isEmpty {
            events.append(.toolArguments(index: index, text: text))
        }
    }

    private mutating func finish(_ reason: String, into events: inout [ChatEvent]) {
        for index in tools.indices where tools[index].isOpen {
            tools[index].isOpen = false
            events.append(.toolEnd(index: index))
        }
        let known: FinishReason = reason == "function_call" ? .toolCalls : FinishReason(rawValue: reason) ?? .stop
        events.append(.finish(known))
    }
}

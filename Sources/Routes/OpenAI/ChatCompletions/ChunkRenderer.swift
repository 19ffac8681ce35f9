internal import Core

/// Writes an answer as OpenAI's stream of `chat.completion.chunk` events (conformance.md 5.8), one value a call.
///
/// Runs for every chunk of every stream, so it copies constant bytes that it prepared at the start and writes no
/// intermediate strings. A provider that speaks OpenAI's dialect brings its own chunks; from its first one on, these are
/// sent on and events are not rendered a second time.
struct ChunkRenderer {
    private let identity: CompletionIdentity
    private let wantsUsage: Bool
    /// `data: {"id":…,"choices":[{"index":0,"delta":`
    private let opening: [UInt8]
    /// What follows the delta of a chunk that does not end the answer.
    private let closing: [UInt8]

    private var hasRole = false
    private var hasFinish = false
    private var isPassThrough = false
    private var hasSentUsage = false
    /// Known only at the end, when the provider tells which tier it was.
    private var serviceTier: String?
    /// For each tool call: whether any argument text was sent.
    private var toolHasArguments: [Bool] = []
    /// Text of the thinking block that no signature has ended yet.
    private var openThinking = ""

    init(_ identity: CompletionIdentity, wantsUsage: Bool) {
        self.identity = identity
        self.wantsUsage = wantsUsage
        opening = Self.head(identity) + Array(#"[{"index":0,"delta":"#.utf8)
        closing = Array(#","logprobs":null,"finish_reason":null}]"#.utf8) + Self.tail(wantsUsage)
    }

    private static func head(_ identity: CompletionIdentity) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(ascii: #"data: {"id":"#)
        bytes.appendJSON(identity.id)
        bytes.append(ascii: #","object":"chat.completion.chunk","created":"#)
        bytes.append(decimal: identity.created)
        bytes.append(ascii: #","model":"#)
        bytes.appendJSON(identity.model)
        bytes.append(ascii: #","choices":"#)
        return bytes
    }

    /// The end of every chunk but the usage chunk.
    private static func tail(_ wantsUsage: Bool) -> [UInt8] {
        Array((wantsUsage ? #","usage":null}"# : "}").utf8) + Self.blankLine
    }

    private static let blankLine: [UInt8] = [0x0a, 0x0a]

    /// The bytes to send for one delta; empty when it brings nothing that a client sees.
    mutating func render(_ delta: ChatDelta) -> [UInt8] {
        var bytes: [UInt8] = []
        if let tier = delta.serviceTier { serviceTier = tier }
        if !delta.openAI.isEmpty || isPassThrough {
            isPassThrough = true
            bytes.reserveCapacity(512 * delta.openAI.count)
            for chunk in delta.openAI { passOn(chunk, to: &bytes) }
            return bytes
        }
        bytes.reserveCapacity((opening.count + closing.count + 64) * (delta.events.count + (hasRole ? 0 : 1)))
        for event in delta.events { add(event, to: &bytes) }
        return bytes
    }

    /// The end of a stream whose record is durable.
    mutating func renderEnd(usage: TokenUsage) -> [UInt8] {
        var bytes: [UInt8] = []
        if !isPassThrough, !hasFinish { finish(.stop, to: &bytes) }
        if wantsUsage, !hasSentUsage {
            bytes.append(contentsOf: Self.head(identity))
            bytes.append(ascii: #"[],"usage":"#)
            bytes.appendUsage(usage)
            if let serviceTier {
                bytes.append(ascii: #","service_tier":"#)
                bytes.appendJSON(serviceTier)
            }
            bytes.append(UInt8(ascii: "}"))
            bytes.append(contentsOf: Self.blankLine)
        }
        bytes.append(ascii: "data: [DONE]\n\n")
        return bytes
    }

    /// The last event of a stream that failed; no `[DONE]` follows it.
    static func render(_ error: GatewayError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(ascii: #"data: {"error":{"message":"#)
        bytes.appendJSON(error.message)
        bytes.append(ascii: #","type":"#)
        bytes.appendJSON(error.type)
        bytes.append(ascii: #","param":"#)
        bytes.appendJSON(.optional(error.param))
        bytes.append(ascii: #","code":"#)
        bytes.appendJSON(error.code)
        bytes.append(ascii: "}}\n\n")
        return bytes
    }

    /// A comment, which clients skip, against the idle timeouts of what stands between.
    static let heartbeat = Array(": ping\n\n".utf8)
}

// MARK: - Events

extension ChunkRenderer {
    private mutating func add(_ event: ChatEvent, to bytes: inout [UInt8]) {
        switch event {
        case .text(let text):
            guard !text.isEmpty else { return }
            open(&bytes)
            bytes.append(ascii: #"{"content":"#)
            bytes.appendJSON(text)
            close(&bytes)
        case .reasoning(let text):
            guard !text.isEmpty else { return }
            openThinking += text
            open(&bytes)
            bytes.append(ascii: #"{"reasoning_content":"#)
            bytes.appendJSON(text)
            close(&bytes)
        case .reasoningSignature(let signature):
            thinkingBlock(.thinking(text: openThinking, signature: signature), to: &bytes)
            openThinking = ""
        case .redactedReasoning(let data): thinkingBlock(.redacted(data: data), to: &bytes)
        case .toolStart(let index, let id, let name): startTool(index, id: id, name: name, to: &bytes)
        case .toolArguments(let index, let text): addArguments(text, ofTool: index, to: &bytes)
        case .toolEnd(let index): endTool(index, to: &bytes)
        case .finish(let reason): finish(reason, to: &bytes)
        // Told at the end, when it is final.
        case .usage: break
        }
    }

    /// Begins a chunk, before the first with the one that gives the role.
    private mutating func open(_ bytes: inout [UInt8]) {
        if !hasRole {
            hasRole = true
            bytes.append(contentsOf: opening)
            bytes.append(ascii: #"{"role":"assistant","content":"""#)
            close(&bytes)
        }
        bytes.append(contentsOf: opening)
    }

    private func close(_ bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(contentsOf: closing)
    }

    /// Blocks are sent whole, once signed: a client that collects `thinking_blocks` can return them as they are.
    private mutating func thinkingBlock(_ block: ReasoningBlock, to bytes: inout [UInt8]) {
        open(&bytes)
        bytes.append(ascii: #"{"thinking_blocks":["#)
        bytes.appendThinkingBlock(block)
        bytes.append(UInt8(ascii: "]"))
        close(&bytes)
    }

    private mutating func startTool(_ index: Int, id: String, name: String, to bytes: inout [UInt8]) {
        if index == toolHasArguments.count { toolHasArguments.append(false) }
        open(&bytes)
        bytes.append(ascii: #"{"tool_calls":[{"index":"#)
        bytes.append(decimal: index)
        bytes.append(ascii: #","id":"#)
        bytes.appendJSON(id)
        bytes.append(UInt8(ascii: ","))
        bytes.appendFunction(name: name, arguments: "")
        bytes.append(ascii: "}]")
        close(&bytes)
    }

    private mutating func addArguments(_ text: String, ofTool index: Int, to bytes: inout [UInt8]) {
        guard !text.isEmpty else { return }
        if toolHasArguments.indices.contains(index) { toolHasArguments[index] = true }
        open(&bytes)
        bytes.append(ascii: #"{"tool_calls":[{"index":"#)
        bytes.append(decimal: index)
        bytes.append(ascii: #","function":{"arguments":"#)
        bytes.appendJSON(text)
        bytes.append(ascii: "}}]")
        close(&bytes)
    }

    /// A call without arguments gets an empty object, because clients parse the text as JSON.
    private mutating func endTool(_ index: Int, to bytes: inout [UInt8]) {
        guard toolHasArguments.indices.contains(index), !toolHasArguments[index] else { return }
        addArguments("{}", ofTool: index, to: &bytes)
    }

    private mutating func finish(_ reason: FinishReason, to bytes: inout [UInt8]) {
        guard !hasFinish else { return }
        for index in toolHasArguments.indices { endTool(index, to: &bytes) }
        hasFinish = true
        open(&bytes)
        bytes.append(ascii: #"{},"logprobs":null,"finish_reason":"#)
        bytes.appendJSON(reason.rawValue)
        bytes.append(ascii: "}]")
        bytes.append(contentsOf: Self.tail(wantsUsage))
    }
}

// MARK: - Pass-through

extension ChunkRenderer {
    /// Sends a provider's chunk on. Its usage was asked for on the gateway's own account: a client that did not ask
    /// gets neither the member nor the chunk that exists for it.
    private mutating func passOn(_ chunk: JSONObject, to bytes: inout [UInt8]) {
        var chunk = chunk
        let usage = chunk.present("usage")
        if wantsUsage {
            if usage != nil { hasSentUsage = true }
        } else {
            if usage != nil, chunk["choices"]?.array?.isEmpty ?? true { return }
            chunk["usage"] = nil
        }
        bytes.append(ascii: "data: ")
        bytes.appendJSON(identity.stamp(chunk))
        bytes.append(contentsOf: Self.blankLine)
    }
}

internal import Core

/// Writes an answer as Anthropic's stream of events, one value a call.
///
/// `message_start`, `ping`, then for each block `content_block_start`, deltas and `content_block_stop`; at the end, when the
/// record is durable, `message_delta` with the reason and the usage, and `message_stop`. Blocks follow one another, but for
/// a tool call whose arguments another one's interrupt: that stays open under its index. A provider that speaks the dialect
/// brings its own events, which are sent on; only the model's name is the client's, and `message_stop` waits for the record.
struct MessageStreamRenderer: ChatStreamRenderer {
    private struct ToolBlock {
        let block: Int
        var isOpen = true
        var arguments = ArgumentProgress()
    }

    private enum Spoken {
        case text, thinking
    }

    private let identity: MessageIdentity
    private let requestID: String
    /// What `message_start` says, before the provider has told.
    private let estimate: Int

    private var hasStarted = false
    private var isPassThrough = false
    private var hasFinalDelta = false
    private var stop = MessageStop()
    /// Blocks begun so far.
    private var blocks = 0
    /// The text or thinking block that is open; its index is that of the newest block.
    private var spoken: Spoken?
    private var tools: [ToolBlock] = []

    /// - Parameter estimate: of the prompt's tokens.
    init(_ identity: MessageIdentity, requestID: String, estimate: Int) {
        self.identity = identity
        self.requestID = requestID
        self.estimate = estimate
    }

    static let heartbeat = Array("event: ping\ndata: {\"type\":\"ping\"}\n\n".utf8)

    var heartbeat: [UInt8] { Self.heartbeat }

    mutating func render(_ delta: ChatDelta) -> [UInt8] {
        var bytes: [UInt8] = []
        if !delta.anthropic.isEmpty || isPassThrough {
            isPassThrough = true
            bytes.reserveCapacity(256 * delta.anthropic.count)
            for event in delta.anthropic { passOn(event, to: &bytes) }
            return bytes
        }
        bytes.reserveCapacity(160 * (delta.events.count + (hasStarted ? 0 : 3)))
        start(&bytes)
        for event in delta.events { add(event, to: &bytes) }
        return bytes
    }

    mutating func renderEnd(usage: TokenUsage) -> [UInt8] {
        var bytes: [UInt8] = []
        if !isPassThrough {
            start(&bytes)
            closeAll(&bytes)
        }
        if !hasFinalDelta {
            bytes.beginEvent("message_delta")
            bytes.append(ascii: #"{"type":"message_delta","delta":{"#)
            stop.append(to: &bytes)
            bytes.append(ascii: #"},"usage":"#)
            bytes.appendMessageUsage(usage)
            bytes.append(UInt8(ascii: "}"))
            bytes.endEvent()
        }
        bytes.append(ascii: "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
        return bytes
    }

    func renderFailure(_ error: GatewayError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.beginEvent("error")
        bytes.appendJSON(ErrorRenderer.body(error, dialect: .anthropic, requestID: requestID))
        bytes.endEvent()
        return bytes
    }

    private mutating func start(_ bytes: inout [UInt8]) {
        guard !hasStarted else { return }
        hasStarted = true
        bytes.beginEvent("message_start")
        bytes.append(ascii: #"{"type":"message_start","message":{"id":"#)
        bytes.appendJSON(identity.id)
        bytes.append(ascii: #","type":"message","role":"assistant","model":"#)
        bytes.appendJSON(identity.model)
        bytes.append(
            ascii: #","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"#)
        bytes.append(ascii: #""usage":"#)
        bytes.appendMessageUsage(TokenUsage(input: estimate))
        bytes.append(ascii: "}}")
        bytes.endEvent()
        bytes.append(contentsOf: Self.heartbeat)
    }
}

// MARK: - Events

extension MessageStreamRenderer {
    private mutating func add(_ event: ChatEvent, to bytes: inout [UInt8]) {
        stop.take(event)
        switch event {
        case .text(let text):
            guard !text.isEmpty else { return }
            open(.text, &bytes)
            delta(#""text_delta","text":"#, text, of: blocks - 1, to: &bytes)
        case .reasoning(let text):
            guard !text.isEmpty else { return }
            open(.thinking, &bytes)
            delta(#""thinking_delta","thinking":"#, text, of: blocks - 1, to: &bytes)
        case .reasoningSignature(let signature):
            open(.thinking, &bytes)
            delta(#""signature_delta","signature":"#, signature, of: blocks - 1, to: &bytes)
            closeSpoken(&bytes)
        case .redactedReasoning(let data):
            closeForNext(&bytes)
            bytes.begin(block: blocks, #""redacted_thinking","data":"#)
            bytes.appendJSON(data)
            bytes.endBlockStart()
            end(block: blocks, &bytes)
            blocks += 1
        case .toolStart(_, let id, let name): startTool(id: id, name: name, to: &bytes)
        case .toolArguments(let index, let text):
            guard tools.indices.contains(index), tools[index].isOpen, !text.isEmpty else { return }
            tools[index].arguments.take(text)
            delta(#""input_json_delta","partial_json":"#, text, of: tools[index].block, to: &bytes)
        case .toolEnd(let index): if tools.indices.contains(index) { endTool(index, &bytes) }
        // Told at the end, when they are final.
        case .finish, .stopSequence, .usage: break
        }
    }

    private mutating func open(_ kind: Spoken, _ bytes: inout [UInt8]) {
        guard spoken != kind else { return }
        closeForNext(&bytes)
        bytes.begin(block: blocks, kind == .text ? #""text","text":"""# : #""thinking","thinking":"","signature":"""#)
        bytes.endBlockStart()
        spoken = kind
        blocks += 1
    }

    private mutating func startTool(id: String, name: String, to bytes: inout [UInt8]) {
        closeForNext(&bytes)
        bytes.begin(block: blocks, #""tool_use","id":"#)
        bytes.appendJSON(id)
        bytes.append(ascii: #","name":"#)
        bytes.appendJSON(name)
        bytes.append(ascii: #","input":{}"#)
        bytes.endBlockStart()
        tools.append(ToolBlock(block: blocks))
        blocks += 1
    }

    private func delta(_ head: StaticString, _ text: String, of block: Int, to bytes: inout [UInt8]) {
        bytes.beginEvent("content_block_delta")
        bytes.append(ascii: #"{"type":"content_block_delta","index":"#)
        bytes.append(decimal: block)
        bytes.append(ascii: #","delta":{"type":"#)
        bytes.append(ascii: head)
        bytes.appendJSON(text)
        bytes.append(ascii: "}}")
        bytes.endEvent()
    }

    /// Ends what need not stay open beside another block.
    private mutating func closeForNext(_ bytes: inout [UInt8]) {
        closeSpoken(&bytes)
        for index in tools.indices where tools[index].arguments.isComplete { endTool(index, &bytes) }
    }

    private mutating func closeAll(_ bytes: inout [UInt8]) {
        closeSpoken(&bytes)
        for index in tools.indices { endTool(index, &bytes) }
    }

    private mutating func closeSpoken(_ bytes: inout [UInt8]) {
        guard spoken != nil else { return }
        spoken = nil
        end(block: blocks - 1, &bytes)
    }

    private mutating func endTool(_ index: Int, _ bytes: inout [UInt8]) {
        guard tools[index].isOpen else { return }
        tools[index].isOpen = false
        end(block: tools[index].block, &bytes)
    }

    private func end(block: Int, _ bytes: inout [UInt8]) {
        bytes.beginEvent("content_block_stop")
        bytes.append(ascii: #"{"type":"content_block_stop","index":"#)
        bytes.append(decimal: block)
        bytes.append(UInt8(ascii: "}"))
        bytes.endEvent()
    }
}

extension [UInt8] {
    fileprivate mutating func begin(block index: Int, _ members: StaticString) {
        beginEvent("content_block_start")
        append(ascii: #"{"type":"content_block_start","index":"#)
        append(decimal: index)
        append(ascii: #","content_block":{"type":"#)
        append(ascii: members)
    }

    fileprivate mutating func endBlockStart() {
        append(ascii: "}}")
        endEvent()
    }
}

// MARK: - Pass-through

extension MessageStreamRenderer {
    private mutating func passOn(_ event: JSONObject, to bytes: inout [UInt8]) {
        guard let type = event["type"]?.string else { return }
        var event = event
        switch type {
        case "message_start":
            if var message = event["message"]?.object {
                message["model"] = .string(identity.model)
                event["message"] = .object(message)
            }
        case "message_delta": hasFinalDelta = true
        case "message_stop": return
        default: break
        }
        // A type is a word of the API's; anything else would break the line.
        guard type.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return }
        bytes.append(ascii: "event: ")
        bytes.append(contentsOf: type.utf8)
        bytes.append(ascii: "\ndata: ")
        bytes.appendJSON(event)
        bytes.endEvent()
    }
}

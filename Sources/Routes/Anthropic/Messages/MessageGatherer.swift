internal import Core

/// Gathers a whole answer as Anthropic's content blocks, in the order in which the model wrote them.
struct MessageGatherer {
    private enum Block {
        case text(String)
        case reasoning(ReasoningBlock)
        case tool(ToolUse)
    }

    private var blocks: [Block] = []
    /// For each tool call its place in ``blocks``.
    private var tools: [Int] = []
    private(set) var stop = MessageStop()
    /// The provider's own message, when it speaks the dialect.
    private(set) var own: JSONObject?

    mutating func take(_ delta: ChatDelta) {
        if let message = delta.anthropic.last { own = message }
        for event in delta.events { take(event) }
    }

    private mutating func take(_ event: ChatEvent) {
        stop.take(event)
        switch event {
        case .text(let text):
            if case .text(let before)? = blocks.last {
                blocks[blocks.count - 1] = .text(before + text)
            } else {
                blocks.append(.text(text))
            }
        case .reasoning(let text):
            if case .reasoning(.thinking(let before, nil))? = blocks.last {
                blocks[blocks.count - 1] = .reasoning(.thinking(text: before + text, signature: nil))
            } else {
                blocks.append(.reasoning(.thinking(text: text, signature: nil)))
            }
        case .reasoningSignature(let signature):
            if case .reasoning(.thinking(let text, nil))? = blocks.last {
                blocks[blocks.count - 1] = .reasoning(.thinking(text: text, signature: signature))
            } else {
                blocks.append(.reasoning(.thinking(text: "", signature: signature)))
            }
        case .redactedReasoning(let data): blocks.append(.reasoning(.redacted(data: data)))
        case .toolStart(_, let id, let name):
            tools.append(blocks.count)
            blocks.append(.tool(ToolUse(id: id, name: name, arguments: "")))
        case .toolArguments(let index, let text):
            guard tools.indices.contains(index), case .tool(var use) = blocks[tools[index]] else { return }
            use.arguments += text
            blocks[tools[index]] = .tool(use)
        case .toolEnd, .finish, .stopSequence, .usage: break
        }
    }

    var content: [JSONValue] {
        blocks.map { block in
            switch block {
            case .text(let text): ["type": "text", "text": .string(text), "citations": nil]
            case .reasoning(.thinking(let text, let signature)):
                ["type": "thinking", "thinking": .string(text), "signature": .string(signature ?? "")]
            case .reasoning(.redacted(let data)): ["type": "redacted_thinking", "data": .string(data)]
            case .tool(let use):
                [
                    "type": "tool_use", "id": .string(use.id), "name": .string(use.name),
                    // What a model wrote that is no object cannot be told in this dialect.
                    "input": .object((try? JSONParser.parse(use.arguments))?.object ?? [:]),
                    "caller": ["type": "direct"],
                ]
            }
        }
    }
}

internal import Core

/// Writes a whole answer as OpenAI's `chat.completion` object (conformance.md 5.7).
struct CompletionRenderer {
    let identity: CompletionIdentity

    func render(_ answer: ChatAnswer, usage: TokenUsage) -> [UInt8] {
        if let own = answer.openAI { return passThrough(own, usage: usage) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + answer.text.utf8.count)
        bytes.append(ascii: #"{"id":"#)
        bytes.appendJSON(identity.id)
        bytes.append(ascii: #","object":"chat.completion","created":"#)
        bytes.append(decimal: identity.created)
        bytes.append(ascii: #","model":"#)
        bytes.appendJSON(identity.model)
        bytes.append(ascii: #","choices":[{"index":0,"message":"#)
        appendMessage(of: answer, to: &bytes)
        bytes.append(ascii: #","logprobs":null,"finish_reason":"#)
        bytes.appendJSON((answer.finish ?? .stop).rawValue)
        bytes.append(ascii: #"}],"usage":"#)
        bytes.appendUsage(usage)
        if let tier = answer.serviceTier {
            bytes.append(ascii: #","service_tier":"#)
            bytes.appendJSON(tier)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// The provider's own answer, with the call's id, time and model name.
    private func passThrough(_ answer: JSONObject, usage: TokenUsage) -> [UInt8] {
        var stamped = identity.stamp(answer)
        if stamped.present("usage") == nil {
            var bytes: [UInt8] = []
            bytes.appendUsage(usage)
            stamped["usage"] = try? JSONParser.parse(bytes)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        bytes.appendJSON(stamped)
        return bytes
    }

    private func appendMessage(of answer: ChatAnswer, to bytes: inout [UInt8]) {
        bytes.append(ascii: #"{"role":"assistant","content":"#)
        // Null only beside tool calls: clients take null without any as a refusal or an error.
        if answer.text.isEmpty, !answer.toolCalls.isEmpty {
            bytes.append(ascii: "null")
        } else {
            bytes.appendJSON(answer.text)
        }
        bytes.append(ascii: #","refusal":null,"annotations":[]"#)
        if !answer.reasoning.isEmpty { appendReasoning(of: answer, to: &bytes) }
        if !answer.toolCalls.isEmpty { appendToolCalls(of: answer, to: &bytes) }
        bytes.append(UInt8(ascii: "}"))
    }

    private func appendReasoning(of answer: ChatAnswer, to bytes: inout [UInt8]) {
        bytes.append(ascii: #","reasoning_content":"#)
        bytes.appendJSON(answer.reasoningText)
        // Blocks without a signature say no more than the text does.
        let blocks = answer.reasoning.filter { if case .thinking(_, nil) = $0 { false } else { true } }
        guard !blocks.isEmpty else { return }
        bytes.append(ascii: #","thinking_blocks":["#)
        for (index, block) in blocks.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.appendThinkingBlock(block)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private func appendToolCalls(of answer: ChatAnswer, to bytes: inout [UInt8]) {
        bytes.append(ascii: #","tool_calls":["#)
        for (index, call) in answer.toolCalls.enumerated() {
            bytes.append(ascii: index > 0 ? #",{"id":"# : #"{"id":"#)
            bytes.appendJSON(call.id)
            bytes.append(UInt8(ascii: ","))
            bytes.appendFunction(name: call.name, arguments: call.arguments.isEmpty ? "{}" : call.arguments)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

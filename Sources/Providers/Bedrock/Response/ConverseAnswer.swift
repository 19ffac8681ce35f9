internal import Core

/// The whole answer of a Converse call as the events that a stream would have brought.
enum ConverseAnswer {
    /// Pure, for any thread. A 200 without `output` is no answer (conformance T6).
    static func delta(_ body: [UInt8], reading: ConverseReading) throws(GatewayError) -> ChatDelta {
        guard let answer = (try? JSONParser.parse(body))?.object else { throw unreadable("the body is no JSON object") }
        guard let message = answer.present("output")?.object?.present("message")?.object else {
            throw unreadable("the answer has no output.message")
        }
        guard let reason = answer["stopReason"]?.string else { throw unreadable("the answer has no stopReason") }
        var events: [ChatEvent] = []
        var tools = 0
        for block in message.present("content")?.array ?? [] {
            guard let block = block.object else { continue }
            add(block, tools: &tools, toolNames: reading.toolNames, to: &events)
        }
        if events.isEmpty, ConverseStopReason.isMalformed(reason) {
            throw .upstream("The model's output could not be read.", cause: "Bedrock stopReason \(reason)")
        }
        events.append(.finish(ConverseStopReason.finish(reason)))
        if let usage = answer.present("usage")?.object {
            let reasoning = ConverseUsage.reasoning(answer.present("additionalModelResponseFields"))
            events.append(.usage(ConverseUsage.usage(usage, reasoning: reasoning)))
        }
        if var structured = reading.structured { events = structured.read(events) }
        return ChatDelta(events, serviceTier: answer.present("serviceTier")?.object?["type"]?.string)
    }

    private static func add(
        _ block: JSONObject, tools: inout Int, toolNames: [String: String], to events: inout [ChatEvent]
    ) {
        if let text = block.present("text")?.string {
            if !text.isEmpty { events.append(.text(text)) }
        } else if let reasoning = block.present("reasoningContent")?.object {
            add(reasoning, to: &events)
        } else if let tool = block.present("toolUse")?.object {
            guard tool.present("type") == nil, let id = tool["toolUseId"]?.string, let name = tool["name"]?.string
            else { return }
            events.append(.toolStart(index: tools, id: id, name: toolNames[name] ?? name))
            events.append(.toolArguments(index: tools, text: arguments(tool.present("input"))))
            events.append(.toolEnd(index: tools))
            tools += 1
        }
    }

    private static func add(_ reasoning: JSONObject, to events: inout [ChatEvent]) {
        if let text = reasoning.present("reasoningText")?.object {
            events.append(.reasoning(text["text"]?.string ?? ""))
            if let signature = text.present("signature")?.string { events.append(.reasoningSignature(signature)) }
        } else if let data = reasoning.present("redactedContent")?.string {
            events.append(.redactedReasoning(data: data))
        }
    }

    private static func arguments(_ input: JSONValue?) -> String { input?.text ?? "{}" }

    private static func unreadable(_ cause: String) -> GatewayError {
        .upstream("The provider sent an answer that cannot be read.", cause: "Bedrock Converse: \(cause)")
    }
}

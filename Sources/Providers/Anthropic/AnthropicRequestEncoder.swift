internal import Core

/// Writes the body of a call to Anthropic's API. Pure, for any thread.
struct AnthropicRequestEncoder: Sendable {
    /// The API demands `max_tokens`; this is sent where neither the client, the model's `config` nor a quota names one.
    static let defaultMaxTokens = 4096

    /// The upstream's name of the model.
    let model: String
    let maxTokens: Int?
    /// For `count_tokens`, which takes the members that make up the prompt and no others.
    let isCount: Bool

    private static let counted = [
        "model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "mcp_servers",
        "context_management", "cache_control",
    ]

    func encode(_ request: ChatRequest) throws(GatewayError) -> [UInt8] {
        var body: JSONObject
        if let original = request.anthropic { body = passThrough(original.body) } else { body = try translate(request) }
        if isCount {
            for member in body.members where !Self.counted.contains(member.name) { body[member.name] = nil }
        }
        return body.bytes(for: request)
    }

    /// The client's own body. Thinking without a signature is another provider's, which the API refuses.
    private func passThrough(_ sent: JSONObject) -> JSONObject {
        var body = sent
        body["model"] = .string(model)
        body.changeMessages(where: Self.hasUnsigned) { message in
            message["content"] = .array((message["content"]?.array ?? []).filter { !Self.isUnsigned($0) })
        }
        return body
    }

    private static func hasUnsigned(_ message: JSONObject) -> Bool {
        guard message["role"] == "assistant" else { return false }
        return message["content"]?.array?.contains(where: isUnsigned) ?? false
    }

    private static func isUnsigned(_ block: JSONValue) -> Bool {
        guard let block = block.object, block["type"] == "thinking" else { return false }
        return block.present("signature")?.string?.isEmpty ?? true
    }
}

// MARK: - Translation

extension AnthropicRequestEncoder {
    private func translate(_ request: ChatRequest) throws(GatewayError) -> JSONObject {
        var conversation = try AnthropicConversation(request.messages)
        let limit = maxTokens ?? request.maxTokens ?? Self.defaultMaxTokens
        let thinking = conversation.hasUnreasonedToolUse ? nil : Self.thinking(request, maxTokens: limit)
        var body: JSONObject = ["model": .string(model), "max_tokens": .int(limit)]
        if let format = request.responseFormat { Self.add(format, to: &body, &conversation) }
        body["messages"] = .array(conversation.messages)
        if !conversation.system.isEmpty { body["system"] = .array(conversation.system) }
        body["stream"] = .bool(request.isStream)
        if !request.stop.isEmpty { body["stop_sequences"] = .array(request.stop.map { .string($0) }) }
        if let thinking { body["thinking"] = .object(thinking) } else { Self.addSampling(request, to: &body) }
        addTools(request, isThinking: thinking != nil, to: &body)
        if let user = request.user { body["metadata"] = ["user_id": .string(user)] }
        return body
    }

    /// The API's range ends at 1 where OpenAI's ends at 2. Newer models take one of temperature and `top_p`: the
    /// temperature stays.
    private static func addSampling(_ request: ChatRequest, to body: inout JSONObject) {
        if let temperature = request.temperature {
            body["temperature"] = .number(temperature.double > 1 ? JSONNumber(1) : temperature)
        } else if let topP = request.topP {
            body["top_p"] = .number(topP)
        }
        if let topK = request.topK { body["top_k"] = .int(topK) }
    }

    /// The client's own `thinking`, else a budget for `reasoning_effort`. It must be at least 1,024 and leave room for the
    /// answer; where it cannot, there is no thinking.
    private static func thinking(_ request: ChatRequest, maxTokens: Int) -> JSONObject? {
        if let thinking = request.thinking { return thinking["type"] == "disabled" ? nil : thinking }
        let share: Int
        switch request.reasoningEffort {
        case "low": share = 4
        case "medium": share = 2
        case "high", "xhigh": share = 1
        default: return nil
        }
        let budget = min(max(1024, 32_768 / share), maxTokens / 4 * 3)
        return budget < 1024 ? nil : ["type": "enabled", "budget_tokens": .int(budget)]
    }

    private func addTools(_ request: ChatRequest, isThinking: Bool, to body: inout JSONObject) {
        guard !request.tools.isEmpty else { return }
        body["tools"] = .array(request.tools.map(Self.tool))
        var choice: JSONObject?
        switch request.toolChoice {
        case .none?: choice = ["type": "none"]
        // Thinking excludes a forced call.
        case .required: choice = ["type": isThinking ? "auto" : "any"]
        case .named(let name): choice = isThinking ? ["type": "auto"] : ["type": "tool", "name": .string(name)]
        case .auto: choice = ["type": "auto"]
        case nil: break
        }
        if request.parallelToolCalls == false, request.toolChoice != ToolChoice.none {
            choice = choice ?? ["type": "auto"]
            choice?["disable_parallel_tool_use"] = true
        }
        if let choice { body["tool_choice"] = .object(choice) }
    }

    private static func tool(_ tool: ToolDefinition) -> JSONValue {
        var object: JSONObject = ["name": .string(tool.name)]
        if let description = tool.description, !description.isEmpty { object["description"] = .string(description) }
        var schema = tool.parameters ?? ["type": "object", "properties": [:]]
        if schema.present("type") == nil { schema["type"] = "object" }
        object["input_schema"] = .object(schema)
        if tool.strict == true { object["strict"] = true }
        if let mark = tool.cacheControl { object["cache_control"] = .object(mark) }
        return .object(object)
    }

    /// A schema has its own member; `json_object` has no counterpart but an instruction.
    private static func add(
        _ format: JSONObject, to body: inout JSONObject, _ conversation: inout AnthropicConversation
    ) {
        switch format["type"]?.string {
        case "json_schema":
            guard let schema = format["json_schema"]?.object?["schema"]?.object else { return }
            body["output_config"] = ["format": ["type": "json_schema", "schema": .object(schema)]]
        case "json_object": conversation.addSystem("Answer with one JSON object and nothing else.")
        default: break
        }
    }
}

internal import Core

/// Writes the body of a call to an OpenAI-speaking upstream.
struct OpenAIRequestEncoder: Sendable {
    /// The upstream's name of the model.
    let model: String
    /// Sent when the client named no limit itself.
    let maxTokens: Int?
    let tokenLimitMember: String

    /// Members of a request that only gateways know. OpenAI refuses what it does not know.
    private static let gatewayMembers = ["anthropic_beta", "session_id"]

    func encode(_ request: ChatRequest) throws(GatewayError) -> [UInt8] {
        var body: JSONObject
        if let sent = request.openAIBody { body = passThrough(sent) } else { body = try translate(request) }
        body["stream"] = .bool(request.isStream)
        if request.isStream {
            // Usage is what the call is billed by, so it is asked for whether the client wants to see it or not.
            var options = body.present("stream_options")?.object ?? [:]
            options["include_usage"] = true
            body["stream_options"] = .object(options)
        } else {
            body["stream_options"] = nil
        }
        let asked = body.present("max_completion_tokens") ?? body.present("max_tokens")
        if let maxTokens, asked == nil {
            body["max_completion_tokens"] = nil
            body["max_tokens"] = nil
            body[tokenLimitMember] = .int(maxTokens)
        }
        return body.bytes(for: request)
    }

    /// The client's own body, whose members that the gateway does not know reach the upstream unchanged.
    private func passThrough(_ sent: JSONObject) -> JSONObject {
        var body = sent
        body["model"] = .string(model)
        for name in Self.gatewayMembers { body[name] = nil }
        // How the gateway carries another provider's signed reasoning through an OpenAI client; means nothing here.
        body.changeMessages(where: { $0["thinking_blocks"] != nil }) { $0["thinking_blocks"] = nil }
        return body
    }

    private func translate(_ request: ChatRequest) throws(GatewayError) -> JSONObject {
        var body: JSONObject = ["model": .string(model)]
        body["messages"] = .array(try OpenAIMessageEncoder.encode(request.messages))
        if !request.tools.isEmpty { body["tools"] = .array(request.tools.map(tool)) }
        switch request.toolChoice {
        case .auto: body["tool_choice"] = "auto"
        case .none?: body["tool_choice"] = "none"
        case .required: body["tool_choice"] = "required"
        case .named(let name):
            body["tool_choice"] = ["type": "function", "function": ["name": .string(name)]]
        case nil: break
        }
        if let parallel = request.parallelToolCalls, !request.tools.isEmpty {
            body["parallel_tool_calls"] = .bool(parallel)
        }
        if let limit = request.maxTokens { body[tokenLimitMember] = .int(limit) }
        if let temperature = request.temperature { body["temperature"] = .number(temperature) }
        if let topP = request.topP { body["top_p"] = .number(topP) }
        if !request.stop.isEmpty { body["stop"] = .array(request.stop.map { .string($0) }) }
        if let effort = request.reasoningEffort { body["reasoning_effort"] = .string(effort) }
        if let format = request.responseFormat { body["response_format"] = .object(format) }
        if let tier = request.serviceTier { body["service_tier"] = .string(tier) }
        if let user = request.user { body["user"] = .string(user) }
        return body
    }

    private func tool(_ tool: ToolDefinition) -> JSONValue {
        var function: JSONObject = ["name": .string(tool.name)]
        if let description = tool.description { function["description"] = .string(description) }
        if let parameters = tool.parameters { function["parameters"] = .object(parameters) }
        if let strict = tool.strict { function["strict"] = .bool(strict) }
        return ["type": "function", "function": .object(function)]
    }
}

internal import Core

/// Reads the body of `POST /v1/messages` and of `POST /v1/messages/count_tokens` into a ``ChatRequest``.
///
/// Pure, so that large bodies can be read on a helper thread. Every fault is a 400 that names the member at fault. What no
/// other dialect has words for stays in ``ChatRequest/anthropic``, which a provider of Anthropic's dialect passes on.
/// Members: https://docs.anthropic.com/en/api/messages
struct MessagesRequestParser: Sendable {
    enum Purpose: Sendable {
        case answer
        /// Without the members that steer an answer, of which `max_tokens` would be required.
        case count
    }

    let purpose: Purpose
    let headers: AnthropicHeaders

    func parse(_ body: [UInt8]) throws(GatewayError) -> ChatRequest {
        try RequestDocument.read(body) { document throws(ChatFieldError) in
            var request = try request(ChatFields(document), body: document)
            request.byteCount = body.count
            request.addressPlaces = AddressPlaces.find(in: document, for: request)
            return request
        }
    }

    private func request(_ fields: ChatFields, body: JSONObject) throws(ChatFieldError) -> ChatRequest {
        let model = try fields.string(required: "model", "the name of a model, as GET /v1/models lists them")
        var conversation = AnthropicMessageParser()
        try conversation.readSystem(of: fields)
        try conversation.readMessages(of: fields)
        var request = ChatRequest(model: model, messages: conversation.messages)
        let tools = try AnthropicToolParser.parse(fields)
        request.tools = tools.tools
        request.toolChoice = tools.choice
        request.parallelToolCalls = tools.isParallel
        request.thinking = try thinking(of: fields)
        try readOutput(of: fields, into: &request)
        if purpose == .answer { try readSteering(of: fields, into: &request) }
        let servers = try fields.array("mcp_servers") ?? []
        var original = AnthropicOriginal(body: body, version: headers.version, betas: headers.betas)
        original.untranslated =
            conversation.untranslated ?? tools.untranslated ?? (servers.isEmpty ? nil : "mcp_servers")
        request.anthropic = original
        return request
    }

    private func readSteering(of fields: ChatFields, into request: inout ChatRequest) throws(ChatFieldError) {
        guard fields.value("max_tokens") != nil else { throw .missing("max_tokens", "a whole number of at least 1") }
        // Anthropic's API fills its cache, and answers nothing, when 0 is asked for.
        request.maxTokens = try fields.integer("max_tokens", in: 0...ChatRequestParser.largestMaxTokens)
        request.temperature = try fields.number("temperature", in: 0...1)
        request.topP = try fields.number("top_p", in: 0...1)
        if let topK = try fields.integer("top_k", in: 0...1_000_000), topK > 0 { request.topK = topK }
        request.stop = try stopSequences(of: fields)
        request.isStream = try fields.bool("stream") ?? false
        // `auto` is what other services do unasked.
        if try fields.string("service_tier") == "standard_only" { request.serviceTier = "default" }
        if let metadata = try fields.object("metadata") {
            request.user = try inside("metadata") { () throws(ChatFieldError) in
                try ChatFields(metadata).string("user_id")
            }
        }
    }

    private func stopSequences(of fields: ChatFields) throws(ChatFieldError) -> [String] {
        let most = 2500
        let elements = try fields.array("stop_sequences") ?? []
        guard elements.count <= most else {
            throw ChatFieldError("stop_sequences", "has \(elements.count) sequences; at most \(most) are allowed")
        }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element else {
                throw .wrongType("stop_sequences[\(index)]", element, "a string")
            }
            if !text.isEmpty { texts.append(text) }
        }
        return texts
    }

    private func thinking(of fields: ChatFields) throws(ChatFieldError) -> JSONObject? {
        guard let thinking = try fields.object("thinking") else { return nil }
        return try inside("thinking") { () throws(ChatFieldError) in
            let members = ChatFields(thinking)
            let type = try members.string(required: "type", "\"enabled\", \"adaptive\" or \"disabled\"")
            if type == "enabled" {
                guard try members.integer("budget_tokens", in: 1024...ChatRequestParser.largestMaxTokens) != nil else {
                    throw .missing("budget_tokens", "a whole number of at least 1024")
                }
            }
            return thinking
        }
    }

    /// `output_config`: `{"effort": …, "format": {"type": "json_schema", "schema": {…}}}`.
    private func readOutput(of fields: ChatFields, into request: inout ChatRequest) throws(ChatFieldError) {
        guard let output = try fields.object("output_config") else { return }
        try inside("output_config") { () throws(ChatFieldError) in
            let members = ChatFields(output)
            if let effort = try members.string("effort") {
                request.reasoningEffort = ["max", "xhigh"].contains(effort) ? "high" : effort
            }
            guard let format = try members.object("format"), format["type"]?.string == "json_schema" else { return }
            guard let schema = try ChatFields(format).object("schema") else {
                throw .missing("format.schema", "an object that is a JSON schema")
            }
            request.responseFormat = [
                "type": "json_schema", "json_schema": ["name": "answer", "schema": .object(schema)],
            ]
        }
    }
}

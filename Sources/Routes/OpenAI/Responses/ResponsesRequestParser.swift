internal import Core

/// Reads the body of `POST /v1/responses`.
///
/// Nothing is stored, so what refers to something stored is refused by name rather than forgotten. Every fault is a 400
/// that names the member at fault. Members: https://platform.openai.com/docs/api-reference/responses/create
enum ResponsesRequestParser {
    private static let encryptedReasoning = "reasoning.encrypted_content"

    /// Members that name something which the gateway does not keep or run, and what to do instead.
    private static let unsupported: KeyValuePairs<String, String> = [
        "previous_response_id": "names a stored response, and this gateway stores none; send the whole conversation in"
            + " input",
        "conversation": "names a stored conversation, and this gateway stores none; send it in input",
        "prompt": "names a stored prompt, and this gateway stores none; send its text in instructions",
    ]

    static func parse(_ body: [UInt8]) throws(GatewayError) -> ResponsesOrder {
        let document = try RequestDocument.parse(body)
        do throws(ChatFieldError) {
            var order = try order(ChatFields(document))
            order.request.byteCount = body.count
            order.request.addressPlaces = AddressPlaces.find(in: document, for: order.request)
            return order
        } catch {
            throw error.gatewayError
        }
    }

    private static func order(_ body: ChatFields) throws(ChatFieldError) -> ResponsesOrder {
        let model = try body.string(required: "model", "the name of a model, as GET /v1/models lists them")
        try refuseState(body)
        let tools = try ResponsesToolParser.parse(body)
        var request = ChatRequest(model: model, messages: try messages(of: body))
        request.tools = tools.tools
        request.toolChoice = tools.choice
        request.parallelToolCalls = try body.bool("parallel_tool_calls")
        request.maxTokens = try body.integer("max_output_tokens", in: 1...ChatRequestParser.largestMaxTokens)
        request.temperature = try body.number("temperature", in: 0...2)
        request.topP = try body.number("top_p", in: 0...1)
        request.reasoningEffort =
            try body.object("reasoning").map { reasoning throws(ChatFieldError) in
                try inside("reasoning") { () throws(ChatFieldError) in try ChatFields(reasoning).string("effort") }
            } ?? nil
        request.responseFormat = try ResponsesTextFormat.read(body)
        request.serviceTier = try body.string("service_tier")
        request.user = try body.string("user")
        request.metadata = try body.object("metadata")
        request.isStream = try body.bool("stream") ?? false
        request.wantsUsage = true
        return ResponsesOrder(
            request: request, settings: try settings(body, request),
            includesEncryptedReasoning: try includes(body).contains(encryptedReasoning))
    }

    private static func refuseState(_ body: ChatFields) throws(ChatFieldError) {
        for (name, remedy) in unsupported where body.value(name) != nil {
            throw ChatFieldError(name, remedy, code: "unsupported_value")
        }
        if try body.bool("store") == true {
            throw ChatFieldError(
                "store", "is true, and this gateway stores no responses; leave it out or set it to false",
                code: "unsupported_value")
        }
        if try body.bool("background") == true {
            throw ChatFieldError(
                "background", "is true, and this gateway answers at once only; leave it out", code: "unsupported_value")
        }
        let truncations = ["auto", "disabled"]
        if let truncation = try body.string("truncation"), !truncations.contains(truncation) {
            throw ChatFieldError("truncation", "must be \"auto\" or \"disabled\"")
        }
    }

    private static func messages(of body: ChatFields) throws(ChatFieldError) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        if let text = try body.string("instructions"), !text.isEmpty {
            messages.append(ChatMessage(.system, [.text(text)]))
        }
        let need = "a text or an array of items"
        switch body.value("input") {
        case nil: throw .missing("input", need)
        case .string(let text):
            guard !text.isEmpty else { throw ChatFieldError("input", "is empty; it must be \(need)") }
            messages.append(ChatMessage(.user, [.text(text)]))
        case .array(let items):
            guard !items.isEmpty else {
                throw ChatFieldError("input", "is empty; it must be \(need)", code: "empty_array")
            }
            messages += try inside("input") { () throws(ChatFieldError) in try ResponsesItemParser.messages(items) }
        case let other?: throw .wrongType("input", other, need)
        }
        return messages
    }

    private static func includes(_ body: ChatFields) throws(ChatFieldError) -> [String] {
        var included: [String] = []
        for (index, value) in (try body.array("include") ?? []).enumerated() {
            guard case .string(encryptedReasoning) = value else {
                throw ChatFieldError(
                    "include[\(index)]", "is not available here; the only one is \"\(encryptedReasoning)\"",
                    code: "unsupported_value")
            }
            included.append(encryptedReasoning)
        }
        return included
    }

    /// What a response object repeats, in OpenAI's defaults where the client said nothing.
    private static func settings(
        _ body: ChatFields, _ request: ChatRequest
    ) throws(ChatFieldError) -> JSONObject {
        let reasoning = body.value("reasoning")?.object
        let text = body.value("text")?.object
        let tier = request.serviceTier.flatMap { $0 == "auto" ? nil : $0 }
        return [
            "frequency_penalty": 0, "instructions": body.value("instructions") ?? .null,
            "max_output_tokens": .optional(request.maxTokens),
            "max_tool_calls": .optional(try body.integer("max_tool_calls")),
            "metadata": body.value("metadata") ?? [:],
            "parallel_tool_calls": .bool(request.parallelToolCalls ?? true), "presence_penalty": 0,
            "previous_response_id": .null, "prompt_cache_key": .optional(try body.string("prompt_cache_key")),
            "reasoning": ["effort": reasoning?["effort"] ?? .null, "summary": reasoning?["summary"] ?? .null],
            "safety_identifier": .optional(try body.string("safety_identifier")),
            "service_tier": .string(tier ?? "default"), "store": false,
            "temperature": request.temperature.map { .number($0) } ?? 1,
            "text": text.map { text in
                var text = text
                if text.present("format") == nil { text["format"] = ["type": "text"] }
                return .object(text)
            } ?? ["format": ["type": "text"]],
            "tool_choice": body.value("tool_choice") ?? "auto",
            "tools": .array((body.value("tools")?.array ?? []).map(told)),
            "top_logprobs": 0, "top_p": request.topP.map { .number($0) } ?? 1, "truncation": "disabled",
            "user": .optional(request.user),
        ]
    }

    /// A function as it was sent, with `null` for what was left out: the specification requires each member in an answer.
    private static func told(_ tool: JSONValue) -> JSONValue {
        guard var object = tool.object else { return tool }
        for name in ["description", "parameters", "strict"] where object[name] == nil { object[name] = .null }
        return .object(object)
    }
}

internal import Core

/// Reads the body of `POST /v1/chat/completions` into a ``ChatRequest``.
///
/// Pure, so that large bodies can be read on a helper thread. Every fault is a 400 that names the member at fault.
/// Members that this API does not act on (`seed`, `logprobs`, `modalities`, vendors' own) stay in
/// ``ChatRequest/openAIBody``, which providers of OpenAI's dialect pass on.
/// Members: https://platform.openai.com/docs/api-reference/chat/create
enum ChatRequestParser {
    /// More output tokens than any model gives; keeps later sums far from 64 bits.
    static let largestMaxTokens = 1_000_000_000

    static func parse(_ body: [UInt8]) throws(GatewayError) -> ChatRequest {
        return try parse(try RequestDocument.parse(body), byteCount: body.count)
    }

    static func parse(_ body: JSONObject, byteCount: Int) throws(GatewayError) -> ChatRequest {
        do throws(ChatFieldError) {
            var request = try request(ChatFields(body))
            request.openAIBody = body
            request.addressPlaces = AddressPlaces.find(in: body, for: request)
            request.byteCount = byteCount
            return request
        } catch {
            throw error.gatewayError
        }
    }

    private static func request(_ body: ChatFields) throws(ChatFieldError) -> ChatRequest {
        let model = try body.string(required: "model", "the name of a model, as GET /v1/models lists them")
        var request = ChatRequest(model: model, messages: try MessageParser.messages(of: body))
        let tools = try ToolParser.parse(body)
        request.tools = tools.tools
        request.toolChoice = tools.choice
        request.parallelToolCalls = try body.bool("parallel_tool_calls")
        try readSampling(of: body, into: &request)
        request.reasoningEffort = try body.string("reasoning_effort")
        request.thinking = try body.object("thinking")
        request.responseFormat = try responseFormat(of: body)
        request.serviceTier = try body.string("service_tier")
        request.user = try body.string("user")
        request.metadata = try body.object("metadata")
        request.isStream = try body.bool("stream") ?? false
        if let options = try body.object("stream_options") {
            request.wantsUsage = try inside("stream_options") { () throws(ChatFieldError) in
                try ChatFields(options).bool("include_usage") ?? false
            }
        }
        return request
    }

    private static func readSampling(of body: ChatFields, into request: inout ChatRequest) throws(ChatFieldError) {
        let older = try body.integer("max_tokens", in: 1...largestMaxTokens)
        request.maxTokens = try body.integer("max_completion_tokens", in: 1...largestMaxTokens) ?? older
        request.temperature = try body.number("temperature", in: 0...2)
        request.topP = try body.number("top_p", in: 0...1)
        // 0 and -1 are how servers of open models spell "no limit".
        if let topK = try body.integer("top_k", in: -1...1_000_000), topK > 0 { request.topK = topK }
        request.stop = try stop(of: body)
        request.choiceCount = try body.integer("n", in: 1...128) ?? 1
    }

    private static func stop(of body: ChatFields) throws(ChatFieldError) -> [String] {
        switch body.value("stop") {
        case nil: return []
        case .string(let text): return text.isEmpty ? [] : [text]
        case .array(let elements):
            guard elements.count <= 4 else {
                throw ChatFieldError("stop", "has \(elements.count) sequences; at most 4 are allowed")
            }
            var texts: [String] = []
            for (index, element) in elements.enumerated() {
                guard case .string(let text) = element else {
                    throw .wrongType("stop[\(index)]", element, "a string")
                }
                if !text.isEmpty { texts.append(text) }
            }
            return texts
        case let other?: throw .wrongType("stop", other, "a string or an array of strings")
        }
    }

    private static func responseFormat(of body: ChatFields) throws(ChatFieldError) -> JSONObject? {
        guard let format = try body.object("response_format") else { return nil }
        let need = "one of text, json_object and json_schema"
        return try inside("response_format") { () throws(ChatFieldError) in
            let fields = ChatFields(format)
            switch try fields.string(required: "type", need) {
            case "text", "json_object": return format
            case "json_schema":
                guard let description = try fields.object("json_schema") else {
                    throw .missing("json_schema", "an object with name and schema")
                }
                try inside("json_schema") { () throws(ChatFieldError) in
                    _ = try ChatFields(description).string(required: "name", "the schema's name")
                    _ = try ChatFields(description).object("schema")
                }
                return format
            case let other: throw ChatFieldError("type", "is \(ChatFieldError.quoted(other)); it must be \(need)")
            }
        }
    }
}

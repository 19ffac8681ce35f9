internal import Core

/// `inferenceConfig`, and the parameters that vendors keep for themselves.
struct ConverseInference {
    private(set) var config: JSONObject = [:]
    private(set) var additional: JSONObject

    init(
        _ request: ChatRequest, reasoning: ConverseReasoning, additional: JSONObject, capabilities: ModelCapabilities
    ) throws(GatewayError) {
        self.additional = additional
        if let maxTokens = reasoning.maxTokens {
            guard maxTokens >= 1 else {
                throw .invalid("max_tokens must be at least 1.", param: "max_tokens")
            }
            config["maxTokens"] = .int(max(maxTokens, capabilities.minOutput))
        }
        addSampling(request, reasoning, capabilities)
        if capabilities.stopSequences {
            let stop = request.stop.filter { !$0.isEmpty }
            if !stop.isEmpty { config["stopSequences"] = .array(stop.map { .string($0) }) }
        }
        for member in reasoning.fields.members { add(member.name, member.value) }
        if !reasoning.isThinking, let topK = request.topK { addTopK(topK, capabilities.topK) }
    }

    /// Puts a member among the vendor's own; an object's members go beside those that the operator configured.
    mutating func add(_ name: String, _ value: JSONValue) {
        guard let object = value.object, var present = additional[name]?.object else {
            additional[name] = value
            return
        }
        for member in object.members { present[member.name] = member.value }
        additional[name] = .object(present)
    }

    /// Bedrock's range ends at 1 where OpenAI's ends at 2: a higher temperature becomes 1. Where a model takes one of
    /// temperature and `top_p`, the temperature stays (conformance P2, P3).
    private mutating func addSampling(
        _ request: ChatRequest, _ reasoning: ConverseReasoning, _ capabilities: ModelCapabilities
    ) {
        guard capabilities.sampling != .none, !reasoning.excludesInference else { return }
        var temperature = request.temperature.map(Self.clamped)
        var topP = request.topP.map(Self.clamped)
        if reasoning.isThinking {
            if let value = temperature, value.double != 1 { temperature = nil }
            if let value = topP, value.double < 0.95 { topP = nil }
        }
        if temperature != nil, capabilities.sampling == .one { topP = nil }
        if let temperature { config["temperature"] = .number(temperature) }
        if let topP { config["topP"] = .number(topP) }
    }

    private mutating func addTopK(_ topK: Int, _ spelling: ModelCapabilities.TopK) {
        switch spelling {
        case .none: break
        case .anthropic: add("top_k", .int(topK))
        case .nova: add("inferenceConfig", ["topK": .int(topK)])
        }
    }

    /// A value within 0...1 keeps the client's digits.
    private static func clamped(_ number: JSONNumber) -> JSONNumber {
        let value = number.double
        if value > 1 { return JSONNumber(1) }
        return value < 0 ? JSONNumber(0) : number
    }
}

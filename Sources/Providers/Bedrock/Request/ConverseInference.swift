internal import Core

/// `inferenceConfig`, and the sampling parameters that vendors keep for themselves.
struct ConverseInference {
    private(set) var config: JSONObject = [:]
    private(set) var additional: JSONObject

    /// - Parameter isThinking: Anthropic's thinking is on for the call. It excludes `top_k`, a temperature other than 1
    ///   and a `top_p` below 0.95.
    init(
        _ request: ChatRequest, maxTokens: Int?, additional: JSONObject, isThinking: Bool,
        capabilities: ModelCapabilities
    ) throws(GatewayError) {
        self.additional = additional
        if let maxTokens {
            guard maxTokens >= 1 else {
                throw .invalid("max_tokens must be at least 1.", param: "max_tokens")
            }
            config["maxTokens"] = .int(max(maxTokens, capabilities.minimumMaxTokens))
        }
        addSampling(request, isThinking: isThinking, capabilities)
        if capabilities.takesStopSequences {
            let stop = request.stop.filter { !$0.isEmpty }
            if !stop.isEmpty { config["stopSequences"] = .array(stop.map { .string($0) }) }
        }
        if isThinking {
            self.additional["thinking"] = request.thinking.map { .object($0) }
        } else if let topK = request.topK {
            addTopK(topK, capabilities.topK)
        }
    }

    /// Bedrock's range ends at 1 where OpenAI's ends at 2: a higher temperature becomes 1. Where a model takes one of
    /// temperature and `top_p`, the temperature stays (conformance P2, P3).
    private mutating func addSampling(_ request: ChatRequest, isThinking: Bool, _ capabilities: ModelCapabilities) {
        guard capabilities.sampling != .none else { return }
        var temperature = request.temperature.map(Self.clamped)
        var topP = request.topP.map(Self.clamped)
        if isThinking {
            if let value = temperature, value.double != 1 { temperature = nil }
            if let value = topP, value.double < 0.95 { topP = nil }
        }
        if temperature != nil, capabilities.sampling == .temperatureOrTopP { topP = nil }
        if let temperature { config["temperature"] = .number(temperature) }
        if let topP { config["topP"] = .number(topP) }
    }

    private mutating func addTopK(_ topK: Int, _ spelling: ModelCapabilities.TopK) {
        switch spelling {
        case .none: break
        case .anthropic: additional["top_k"] = .int(topK)
        case .nova:
            var inference = additional["inferenceConfig"]?.object ?? [:]
            inference["topK"] = .int(topK)
            additional["inferenceConfig"] = .object(inference)
        }
    }

    /// A value within 0...1 keeps the client's digits.
    private static func clamped(_ number: JSONNumber) -> JSONNumber {
        let value = number.double
        if value > 1 { return JSONNumber(1) }
        return value < 0 ? JSONNumber(0) : number
    }
}

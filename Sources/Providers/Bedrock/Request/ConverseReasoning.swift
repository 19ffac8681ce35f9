internal import Core

/// How a call asks its model to reason, and what that excludes (conformance P6-P8).
struct ConverseReasoning {
    /// Members for `additionalModelRequestFields`.
    private(set) var fields: JSONObject = [:]
    /// Anthropic's thinking is on: no `top_k`, no temperature but 1, no `top_p` below 0.95, no forced call, no beginning of
    /// the answer.
    private(set) var isThinking = false
    /// What the call may come to, thinking included; nil leaves it to the model.
    private(set) var maxTokens: Int?
    /// Nova's highest effort takes neither a limit nor sampling parameters.
    private(set) var excludesInference = false

    /// The least budget that Anthropic takes, and what an answer gets beside a budget where nobody names a limit.
    private static let leastBudget = 1024
    private static let answerTokens = 4096

    /// - Parameter historyAllows: every tool call of the history stands with the reasoning that led to it; otherwise the
    ///   service refuses the history while thinking with a budget is on.
    init(
        _ request: ChatRequest, capabilities: ModelCapabilities, maxTokens: Int?, historyAllows: Bool
    ) throws(GatewayError) {
        self.maxTokens = maxTokens
        let effort = capabilities.reasoning == .none ? nil : try Self.effort(request)
        switch capabilities.reasoning {
        case .none: break
        case .asSent:
            guard historyAllows, let thinking = Self.wanted(request.thinking) else { return }
            if request.thinking?["type"]?.string == "adaptive" {
                think(["thinking": thinking])
            } else {
                try addBudget(request, nil, capabilities)
            }
        case .budget: if historyAllows { try addBudget(request, effort, capabilities) }
        case .adaptive: addAdaptive(request, effort, capabilities)
        case .nova: addNova(request, effort, capabilities)
        case .effortWord, .configWord:
            guard let effort, effort != .none else { return }
            fields[capabilities.reasoning.rawValue] = .string(effort.word(among: capabilities.efforts))
        }
    }

    private static func effort(_ request: ChatRequest) throws(GatewayError) -> ReasoningEffort? {
        guard let word = request.reasoningEffort else { return nil }
        guard let effort = ReasoningEffort(rawValue: word) else {
            let known = ReasoningEffort.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("reasoning_effort: must be one of \(known).", param: "reasoning_effort")
        }
        return effort
    }

    /// The client's `thinking`, unless it turns thinking off.
    private static func wanted(_ thinking: JSONObject?) -> JSONValue? {
        guard let thinking, thinking["type"]?.string != "disabled" else { return nil }
        return .object(thinking)
    }

    private mutating func think(_ fields: JSONObject) {
        self.fields = fields
        isThinking = true
    }

    /// The budget is 1,024 at least and leaves room for the answer; where the limit is too small for both, there is no
    /// thinking. A client's own budget is kept as far as the limit allows.
    private mutating func addBudget(
        _ request: ChatRequest, _ effort: ReasoningEffort?, _ capabilities: ModelCapabilities
    ) throws(GatewayError) {
        var budget = effort?.budget ?? 0
        var isOwn = false
        if let thinking = request.thinking {
            if thinking["type"]?.string == "disabled" { return }
            isOwn = thinking.present("budget_tokens") != nil
            if isOwn {
                guard let tokens = thinking["budget_tokens"]?.int, tokens >= 1 else {
                    throw .invalid(
                        "thinking.budget_tokens: must be a whole number of at least \(Self.leastBudget).",
                        param: "thinking.budget_tokens")
                }
                budget = tokens
            } else if budget == 0, effort == nil {
                budget = ReasoningEffort.medium.budget
            }
        }
        guard budget > 0 else { return }
        budget = max(budget, Self.leastBudget)
        if let limit = maxTokens {
            guard limit > Self.leastBudget else { return }
            budget = min(budget, isOwn ? limit - 1 : max(Self.leastBudget, limit / 5 * 4))
        } else if let most = capabilities.maxOutput, most > Self.leastBudget + Self.answerTokens {
            budget = min(budget, most - Self.answerTokens)
        }
        maxTokens = maxTokens ?? min(budget, 1_000_000_000) + Self.answerTokens
        think(["thinking": ["type": "enabled", "budget_tokens": .int(budget)]])
    }

    private mutating func addAdaptive(
        _ request: ChatRequest, _ effort: ReasoningEffort?, _ capabilities: ModelCapabilities
    ) {
        if request.thinking?["type"]?.string == "disabled" || effort == ReasoningEffort.none { return }
        guard request.thinking != nil || effort != nil else { return }
        var thinking = request.thinking ?? [:]
        thinking["type"] = "adaptive"
        thinking["budget_tokens"] = nil
        var fields: JSONObject = ["thinking": .object(thinking)]
        if let effort { fields["output_config"] = ["effort": .string(effort.word(among: capabilities.efforts))] }
        think(fields)
    }

    /// A limit that is lower than the model's own counts for more than the highest effort, which would not keep it.
    private mutating func addNova(
        _ request: ChatRequest, _ effort: ReasoningEffort?, _ capabilities: ModelCapabilities
    ) {
        let wants = Self.wanted(request.thinking) != nil
        guard effort != ReasoningEffort.none, effort != nil || wants else { return }
        var word = (effort ?? .medium).word(among: capabilities.efforts)
        if word == "high" {
            if let maxTokens, maxTokens < capabilities.maxOutput ?? .max {
                word = "medium"
            } else {
                maxTokens = nil
                excludesInference = true
            }
        }
        fields["reasoningConfig"] = ["type": "enabled", "maxReasoningEffort": .string(word)]
    }
}

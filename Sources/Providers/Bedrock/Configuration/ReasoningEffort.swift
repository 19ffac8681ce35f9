/// How hard a model is to think, weakest first.
enum ReasoningEffort: String, Sendable, CaseIterable {
    case none, minimal, low, medium, high, xhigh, max

    /// Tokens of thinking for models that want a number.
    var budget: Int {
        switch self {
        case .none: 0
        case .minimal: 1024
        case .low: 2048
        case .medium: 8192
        case .high: 16384
        case .xhigh, .max: 32000
        }
    }

    /// The strongest of a model's own words that is not above this one, else its weakest.
    func word(among words: [String]) -> String {
        let ranks = words.compactMap { ReasoningEffort(rawValue: $0) }
        return (ranks.last { $0.rank <= rank } ?? ranks.first ?? .medium).rawValue
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

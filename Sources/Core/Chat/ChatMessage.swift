/// One message of a conversation: who speaks, and the parts in their order.
package struct ChatMessage: Sendable, Equatable {
    package enum Role: String, Sendable {
        /// OpenAI's `system` and `developer`.
        case system
        case user
        case assistant
        /// Carries only tool results; OpenAI's `tool` and `function`. Anthropic's stand in a user message.
        case tool
    }

    package var role: Role
    package var parts: [ContentPart]

    package init(_ role: Role, _ parts: [ContentPart]) {
        self.role = role
        self.parts = parts
    }

    /// All text parts, joined.
    package var text: String {
        if parts.count == 1, case .text(let text) = parts[0].content { return text }
        return joinedText
    }

    private var joinedText: String {
        parts.compactMap { if case .text(let text) = $0.content { text } else { nil } }.joined()
    }
}

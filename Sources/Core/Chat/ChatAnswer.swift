/// A whole answer, gathered from events.
package struct ChatAnswer: Sendable, Equatable {
    package var text = ""
    package var reasoning: [ReasoningBlock] = []
    package var toolCalls: [ToolUse] = []
    package var finish: FinishReason?
    package var usage: TokenUsage?
    /// See ``ChatDelta/serviceTier``.
    package var serviceTier: String?
    /// The provider's own OpenAI answer, when it gave one (see ``ChatDelta/openAI``) and the call was not streamed.
    package var openAI: JSONObject?

    package init() {}

    /// The reasoning that can be read, joined.
    package var reasoningText: String {
        reasoning.compactMap { if case .thinking(let text, _) = $0 { text } else { nil } }.joined()
    }

    package mutating func add(_ event: ChatEvent) {
        switch event {
        case .text(let text): self.text += text
        case .reasoning(let text):
            if case .thinking(var whole, nil) = reasoning.last {
                // Taken out of the array first, so that appending does not copy what is there for each piece.
                reasoning[reasoning.count - 1] = .thinking(text: "", signature: nil)
                whole += text
                reasoning[reasoning.count - 1] = .thinking(text: whole, signature: nil)
            } else {
                reasoning.append(.thinking(text: text, signature: nil))
            }
        case .reasoningSignature(let signature):
            if case .thinking(let text, nil) = reasoning.last {
                reasoning[reasoning.count - 1] = .thinking(text: text, signature: signature)
            } else {
                reasoning.append(.thinking(text: "", signature: signature))
            }
        case .redactedReasoning(let data): reasoning.append(.redacted(data: data))
        case .toolStart(_, let id, let name): toolCalls.append(ToolUse(id: id, name: name, arguments: ""))
        case .toolArguments(let index, let text):
            if toolCalls.indices.contains(index) { toolCalls[index].arguments += text }
        case .toolEnd: break
        case .finish(let reason): finish = reason
        case .usage(let usage): self.usage = usage
        }
    }
}

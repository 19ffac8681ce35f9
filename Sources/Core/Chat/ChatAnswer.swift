/// A whole answer, gathered from events.
package struct ChatAnswer: Sendable, Equatable {
    package var text = ""
    package var reasoning: [ReasoningBlock] = []
    package var toolCalls: [ToolUse] = []
    package var finish: FinishReason?
    package var usage: TokenUsage?
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
            if let last = reasoning.indices.last, case .thinking(var joined, nil) = reasoning[last] {
                // The array lets go of the text first, so that it grows in place instead of being copied each time.
                reasoning[last] = .redacted(data: "")
                joined += text
                reasoning[last] = .thinking(text: joined, signature: nil)
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

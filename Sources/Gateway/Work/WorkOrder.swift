internal import Core

/// A call whose answer is no conversation, as admission and the ledger see it.
struct WorkOrder: Sendable {
    /// What the record shows as the call's prompt, and where its model's name stands.
    let request: ChatRequest
    let size: PromptSize
}

extension WorkOrder {
    /// Each input is a message of the record; token numbers are shown as an array.
    init(_ request: EmbeddingRequest) {
        var shown = ChatRequest(
            model: request.model,
            messages: request.inputs.map { input in
                switch input {
                case .text(let text): ChatMessage(.user, [.text(text)])
                case .tokens(let tokens): ChatMessage(.user, [.text(JSONValue.array(tokens.map { .int($0) }).text)])
                }
            })
        shown.byteCount = request.byteCount
        var bytes = 0
        var tokens = 0
        for input in request.inputs {
            switch input {
            case .text(let text): bytes += text.utf8.count
            case .tokens(let numbers): tokens += numbers.count
            }
        }
        self.init(
            request: shown, size: PromptSize(textBytes: bytes, messages: request.inputs.count, tokens: tokens))
    }
}

internal import Core

/// Gathers an answer from its events, and counts what a bill can be estimated from.
struct AnswerGatherer {
    private(set) var answer = ChatAnswer()
    /// Text, reasoning and arguments of tool calls, in bytes, gathered or not.
    private(set) var contentBytes = 0
    /// The part of ``contentBytes`` that came after the last usage report, which therefore does not count it.
    private(set) var bytesSinceUsage = 0
    /// Whether the model said anything at all.
    private(set) var hasContent = false
    private(set) var isCut = false

    private let limit: Int
    private let keepsDocument: Bool
    private var gathered = 0

    /// - Parameter limit: bytes of content to keep; 0 keeps none, and only counts.
    init(limit: Int, keepsDocument: Bool) {
        self.limit = limit
        self.keepsDocument = keepsDocument
    }

    mutating func take(_ delta: ChatDelta) {
        for event in delta.events { take(event) }
        if let tier = delta.serviceTier { answer.serviceTier = tier }
        if keepsDocument, let document = delta.openAI.last { answer.openAI = document }
    }

    private mutating func take(_ event: ChatEvent) {
        switch event {
        case .finish: answer.add(event)
        case .usage:
            bytesSinceUsage = 0
            answer.add(event)
        case .toolEnd: break
        case .reasoningSignature, .redactedReasoning:
            hasContent = true
            if fits(event.size) { answer.add(event) }
        case .toolStart, .toolArguments, .text, .reasoning:
            let size = event.size
            hasContent = true
            contentBytes += size
            bytesSinceUsage += size
            let room = limit - gathered
            if fits(size) { answer.add(event) } else if limit > 0, let part = event.cut(to: room) { answer.add(part) }
        }
    }

    /// Whether the event can be kept; after the first that cannot, none is, so that no text has a hole.
    private mutating func fits(_ size: Int) -> Bool {
        guard !isCut, size <= limit - gathered else {
            gathered = limit
            isCut = true
            return false
        }
        gathered += size
        return true
    }
}

extension ChatEvent {
    fileprivate var size: Int {
        switch self {
        case .text(let text), .reasoning(let text), .toolArguments(_, let text), .reasoningSignature(let text),
            .redactedReasoning(let text):
            text.utf8.count
        case .toolStart(_, _, let name): name.utf8.count
        case .toolEnd, .finish, .usage: 0
        }
    }

    /// The beginning of a piece of text; nil when there is no room for any.
    fileprivate func cut(to bytes: Int) -> ChatEvent? {
        guard bytes > 0 else { return nil }
        switch self {
        case .text(let text): return .text(RecordedText.prefix(of: text, bytes: bytes))
        case .reasoning(let text): return .reasoning(RecordedText.prefix(of: text, bytes: bytes))
        default: return nil
        }
    }
}

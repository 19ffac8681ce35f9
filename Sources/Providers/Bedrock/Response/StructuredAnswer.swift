internal import Core

/// Turns the events of an answer that had to be JSON into those that a client of OpenAI's API expects (conformance S1-S3):
/// JSON as text, real tool calls as calls, and nothing else as text.
struct StructuredAnswer: Sendable {
    enum Kind: Sendable, Equatable {
        /// The model was asked to write nothing but JSON; some put it into a code fence all the same.
        case text
        /// The model was given a tool for its answer. Text beside it is commentary, or the answer of a model that did not
        /// take the tool: that shows at the end only, so text is held until then.
        case tool(name: String, unwraps: Bool)
    }

    private let kind: Kind
    private var held = ""
    private var holdsText: Bool
    /// Of each call of the model, what the client sees: its own index, or nil for the answer.
    private var indices: [Int?] = []
    private var calls = 0
    /// The index of the call that is the answer.
    private var answer: Int?
    private var unwrapping: JSONUnwrapping

    init(_ kind: Kind) {
        self.kind = kind
        if case .tool(_, let unwraps) = kind {
            holdsText = true
            unwrapping = JSONUnwrapping(isNeeded: unwraps)
        } else {
            holdsText = false
            unwrapping = JSONUnwrapping(isNeeded: false)
        }
    }

    mutating func read(_ events: [ChatEvent]) -> [ChatEvent] {
        var result: [ChatEvent] = []
        for event in events { read(event, into: &result) }
        return result
    }

    private mutating func read(_ event: ChatEvent, into result: inout [ChatEvent]) {
        switch event {
        case .text(let text): take(text, into: &result)
        case .toolStart(let index, let id, let name): start(index, id: id, name: name, into: &result)
        case .toolArguments(let index, let text):
            if index == answer {
                append(unwrapping.take(text), to: &result)
            } else if let own = own(index) {
                result.append(.toolArguments(index: own, text: text))
            }
        case .toolEnd(let index):
            if index == answer {
                append(unwrapping.finish(), to: &result)
            } else if let own = own(index) {
                result.append(.toolEnd(index: own))
            }
        case .finish(let reason):
            flush(into: &result)
            result.append(.finish(reason == .toolCalls && calls == 0 && answer != nil ? .stop : reason))
        case .reasoning, .reasoningSignature, .redactedReasoning, .usage: result.append(event)
        }
    }

    private func own(_ index: Int) -> Int? { indices.indices.contains(index) ? indices[index] : nil }

    private func append(_ text: String, to result: inout [ChatEvent]) {
        if !text.isEmpty { result.append(.text(text)) }
    }

    /// Text that begins like a code fence is held, so that the fence can be taken off.
    private mutating func take(_ text: String, into result: inout [ChatEvent]) {
        guard !holdsText else {
            held += text
            return
        }
        held += text
        guard let first = held.first(where: { !$0.isWhitespace }) else { return }
        holdsText = first == "`"
        guard !holdsText else { return }
        append(held, to: &result)
        held = ""
    }

    private mutating func start(_ index: Int, id: String, name: String, into result: inout [ChatEvent]) {
        while indices.count <= index { indices.append(nil) }
        if case .tool(let own, _) = kind, name == own {
            // Of several the first is the answer.
            if answer == nil { answer = index }
            return
        }
        indices[index] = calls
        result.append(.toolStart(index: calls, id: id, name: name))
        calls += 1
    }

    /// Beside the answer or calls, what was held is commentary, and goes where it cannot spoil the JSON.
    private mutating func flush(into result: inout [ChatEvent]) {
        if answer != nil { append(unwrapping.finish(), to: &result) }
        guard held.contains(where: { !$0.isWhitespace }) else { return }
        if kind != .text, answer != nil || calls > 0 {
            result.append(.reasoning(held))
        } else {
            result.append(.text(Self.withoutFence(held)))
        }
        held = ""
    }

    private static func withoutFence(_ text: String) -> String {
        var body = text[...]
        while body.first?.isWhitespace == true { body.removeFirst() }
        while body.last?.isWhitespace == true { body.removeLast() }
        guard body.utf8.count > 6, body.hasPrefix("```"), body.hasSuffix("```"),
            let line = body.firstIndex(where: \.isNewline)
        else { return text }
        return String(body[body.index(after: line)...].dropLast(3))
    }
}

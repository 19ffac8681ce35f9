internal import Core

/// The messages of a call as Converse demands them: alternating turns that begin with the user, system texts apart.
struct ConverseConversation {
    private(set) var system: [JSONValue] = []
    private(set) var turns: [ConverseTurn] = []
    private(set) var encoder: ConverseContentEncoder

    init(_ messages: [ChatMessage], encoder: ConverseContentEncoder) throws(GatewayError) {
        self.encoder = encoder
        for (index, message) in messages.enumerated() { try add(message, index) }
        guard !turns.isEmpty else {
            throw .invalid(
                "messages: no user or assistant message has any content; send at least one that is not blank.",
                param: "messages")
        }
        for index in turns.indices { turns[index].arrange() }
        try checkCounts()
        try ConverseToolPairs.check(turns)
        if turns[0].role == .assistant {
            turns.insert(ConverseTurn(role: .user, blocks: [.text(ConversePhrases.opening)]), at: 0)
        }
    }

    var hasToolBlocks: Bool { turns.contains { $0.has(.toolUse) || $0.has(.toolResult) } }

    /// Whether an assistant's tool call stands without the reasoning that led to it.
    var hasUnreasonedToolUse: Bool { turns.contains { $0.has(.toolUse) && !$0.has(.reasoning) } }

    mutating func addSystem(_ text: String) { system.append(["text": .string(text)]) }

    private mutating func add(_ message: ChatMessage, _ number: Int) throws(GatewayError) {
        let place = "messages[\(number)]"
        switch message.role {
        case .system: try addSystem(message, number)
        case .user, .tool:
            for (index, part) in message.parts.enumerated() {
                // A tool message is one result; a client knows its parts as the message's own.
                let place = message.role == .tool ? place : "\(place).content[\(index)]"
                append(try encoder.userBlocks(part, at: place), as: .user, of: number)
            }
        case .assistant:
            for (index, part) in message.parts.enumerated() {
                append(try encoder.assistantBlocks(part, at: "\(place).content[\(index)]"), as: .assistant, of: number)
            }
        }
    }

    /// Before the conversation's first turn they are the system prompt. Later ones stay where they are, as the user's
    /// words: moving them to the front would change the prefix that prompt caches go by (conformance M2).
    private mutating func addSystem(_ message: ChatMessage, _ number: Int) throws(GatewayError) {
        for (index, part) in message.parts.enumerated() {
            let place = "messages[\(number)].content[\(index)]"
            guard case .text(let text) = part.content else {
                throw .invalid("\(place): a system message takes text only.", param: place)
            }
            guard !ConverseContentEncoder.isBlank(text) else { continue }
            if turns.isEmpty {
                system.append(["text": .string(text)])
                if let point = encoder.cachePoints.point(part.cacheControl) { system.append(point) }
            } else {
                append(try encoder.userBlocks(part, at: place), as: .user, of: number)
            }
        }
    }

    /// Joins neighbours of one role (M3, M4). A message without blocks leaves no trace (M6).
    private mutating func append(_ blocks: [ConverseBlock], as role: ConverseTurn.Role, of number: Int) {
        guard !blocks.isEmpty else { return }
        var blocks = blocks
        for index in blocks.indices { blocks[index].message = number }
        if let last = turns.indices.last, turns[last].role == role {
            turns[last].blocks += blocks
        } else {
            turns.append(ConverseTurn(role: role, blocks: blocks))
        }
    }

    /// The limits hold for each message as the service sees it.
    private func checkCounts() throws(GatewayError) {
        for turn in turns {
            let images = turn.blocks.count { $0.kind == .media }
            let documents = turn.blocks.count { $0.kind == .document }
            guard images <= ConverseMedia.maximumImages else {
                throw .invalid(
                    "messages: \(images) images stand in one turn; at most \(ConverseMedia.maximumImages) may.",
                    param: "messages")
            }
            guard documents <= ConverseMedia.maximumDocuments else {
                throw .invalid(
                    "messages: \(documents) documents stand in one turn; at most \(ConverseMedia.maximumDocuments) may.",
                    param: "messages")
            }
        }
    }

    /// The user ends, unless the model continues an assistant's message and there is a text to continue (M5).
    mutating func fitEnds(continuesAssistant: Bool) {
        let last = turns.count - 1
        guard turns[last].role == .assistant else { return }
        trimEnd(ofTurn: last)
        if !continuesAssistant || !turns[last].has(.text) {
            turns.append(ConverseTurn(role: .user, blocks: [.text(ConversePhrases.continuation)]))
        }
    }

    /// A final assistant text must not end in white space.
    private mutating func trimEnd(ofTurn index: Int) {
        guard let place = turns[index].blocks.indices.last, turns[index].blocks[place].kind == .text,
            var text = turns[index].blocks[place].json.object?["text"]?.string
        else { return }
        while let end = text.last, ConverseContentEncoder.isSpace(end) { text.removeLast() }
        turns[index].blocks[place].json = ["text": .string(text)]
    }

    /// Puts cache points after the system prompt and before the last user turn, so that the prefix is the same in the next
    /// call (C3). A client that marks something itself knows better.
    mutating func markStablePart(_ cacheControl: JSONObject) {
        guard encoder.cachePoints.count == 0 else { return }
        if !system.isEmpty, let point = encoder.cachePoints.point(cacheControl) { system.append(point) }
        guard let last = turns.lastIndex(where: { $0.role == .user }), last > 0,
            let place = turns[last - 1].blocks.lastIndex(where: { $0.kind != .reasoning })
        else { return }
        turns[last - 1].blocks[place].cachePoint = encoder.cachePoints.point(cacheControl)
    }
}

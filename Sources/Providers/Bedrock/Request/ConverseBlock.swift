internal import Core

/// One content block of a Converse message, with what ordering and repair need to know of it.
struct ConverseBlock: Sendable {
    /// In the order in which an assistant's blocks must stand.
    enum Kind: Int, Sendable {
        case reasoning
        case text
        case media
        case document
        case toolUse
        case toolResult
    }

    let kind: Kind
    var json: JSONValue
    /// Of a tool use or result.
    var toolUseID: String?
    /// The place of the client's message among its messages.
    var message = 0
    /// Stands after the block wherever it moves.
    var cachePoint: JSONValue?

    static func text(_ text: String) -> ConverseBlock {
        ConverseBlock(kind: .text, json: ["text": .string(text)])
    }
}

/// Neighbouring messages of one role, merged.
struct ConverseTurn: Sendable {
    enum Role: String, Sendable { case user, assistant }

    let role: Role
    var blocks: [ConverseBlock]

    /// A user's tool results come first (conformance M4); an assistant's reasoning, then text, then tool uses (M7).
    /// The order within a group stays. Of equal ids the first stays (M11). A document gets a text beside it (M14).
    mutating func arrange() {
        removeRepeatedIDs()
        let before = blocks
        switch role {
        case .user:
            blocks = before.filter { $0.kind == .toolResult } + before.filter { $0.kind != .toolResult }
            if has(.document), !has(.text) { blocks.append(.text(ConversePhrases.withDocument)) }
        case .assistant:
            blocks =
                before.filter { $0.kind == .reasoning }
                + before.filter { $0.kind != .reasoning && $0.kind != .toolUse } + before.filter { $0.kind == .toolUse }
        }
    }

    func has(_ kind: ConverseBlock.Kind) -> Bool { blocks.contains { $0.kind == kind } }

    /// Marks texts as what a guardrail is to look at.
    mutating func guardText() {
        for index in blocks.indices where blocks[index].kind == .text {
            guard let text = blocks[index].json.object?["text"] else { continue }
            blocks[index].json = ["guardContent": ["text": ["text": text]]]
        }
    }

    var json: JSONValue {
        var content: [JSONValue] = []
        content.reserveCapacity(blocks.count)
        for block in blocks {
            content.append(block.json)
            if let cachePoint = block.cachePoint { content.append(cachePoint) }
        }
        return ["role": .string(role.rawValue), "content": .array(content)]
    }

    private mutating func removeRepeatedIDs() {
        var seen: Set<String> = []
        blocks.removeAll { block in
            guard let id = block.toolUseID else { return false }
            return !seen.insert(id).inserted
        }
    }
}

/// Texts that the gateway adds where the service's rules leave no other way. Neutral, so that they steer no answer.
enum ConversePhrases {
    /// Conversations must begin with the user.
    static let opening = "(Conversation begins.)"
    /// Some models refuse to continue an assistant's message.
    static let continuation = "Continue."
    static let withDocument = "See the attached document."
    static let movedMedia = "(The tool's attachment follows below.)"
    static let noToolCall = "Do not call any tool in this answer."
    static let jsonObject = "Answer with one JSON object and nothing else: no explanation, no code fence."
    /// The schema follows.
    static let jsonSchema =
        "Answer with one JSON object that fits the following JSON schema and with nothing else: no explanation, no code fence. "
    static let answerTool = "Takes the answer. Call it exactly once, with the whole answer as its arguments."
    static func callAnswerTool(_ name: String) -> String {
        "Give the final answer by calling the tool \(name) once, with the whole answer as its arguments, and write no other text with it."
    }
    static let pastTool = "Was used earlier in this conversation. No longer available: do not call it."
}

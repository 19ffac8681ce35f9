internal import Core

/// Reads `system` and `messages`.
struct AnthropicMessageParser {
    private(set) var messages: [ChatMessage] = []
    /// Where the first block stands that only Anthropic's API knows; it is in no message.
    private(set) var untranslated: String?

    mutating func readSystem(of body: ChatFields) throws(ChatFieldError) {
        guard let system = body.value("system") else { return }
        let parts = try inside("system") { () throws(ChatFieldError) in
            try self.parts(system, for: .system, at: "system")
        }
        if !parts.isEmpty { messages.append(ChatMessage(.system, parts)) }
    }

    mutating func readMessages(of body: ChatFields) throws(ChatFieldError) {
        let need = "an array with at least one message"
        guard let list = try body.array("messages") else { throw .missing("messages", need) }
        guard !list.isEmpty else {
            throw ChatFieldError("messages", "is empty; it must be \(need)", code: "empty_array")
        }
        messages.reserveCapacity(list.count + 1)
        for (index, value) in list.enumerated() {
            let message = try inside("messages[\(index)]") { () throws(ChatFieldError) in
                try self.message(ChatFields(value, "an object with role and content"), at: index)
            }
            messages.append(message)
        }
    }

    private mutating func message(_ fields: ChatFields, at index: Int) throws(ChatFieldError) -> ChatMessage {
        let need = "\"user\" or \"assistant\""
        let text = try fields.string(required: "role", need)
        guard let role = ChatMessage.Role(rawValue: text), role != .tool else {
            throw ChatFieldError("role", "is \(ChatFieldError.quoted(text)); it must be \(need)")
        }
        guard let content = fields.value("content") else {
            throw .missing("content", "a string or an array of content blocks")
        }
        return ChatMessage(
            role,
            try inside("content") { () throws(ChatFieldError) in
                try parts(content, for: role, at: "messages[\(index)].content")
            })
    }

    private mutating func parts(
        _ content: JSONValue, for role: ChatMessage.Role, at place: @autoclosure () -> String
    ) throws(ChatFieldError) -> [ContentPart] {
        let read = try AnthropicBlockParser.parts(content, for: role)
        if untranslated == nil, let unknown = read.untranslated { untranslated = place() + unknown }
        return read.parts
    }
}

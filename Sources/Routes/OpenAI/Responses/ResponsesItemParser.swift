internal import Core

/// Reads the items of `input` into messages: what the assistant said, thought and called in one turn becomes one message,
/// which is how providers want it back.
struct ResponsesItemParser {
    private var messages: [ChatMessage] = []

    static func messages(_ items: [JSONValue]) throws(ChatFieldError) -> [ChatMessage] {
        var parser = ResponsesItemParser()
        for (index, value) in items.enumerated() {
            try inside("[\(index)]") { () throws(ChatFieldError) in
                try parser.add(ChatFields(value, "an object with role and content, or with type"))
            }
        }
        return parser.messages
    }

    private mutating func add(_ item: ChatFields) throws(ChatFieldError) {
        switch try item.string("type") ?? "message" {
        case "message": try addMessage(item)
        case "reasoning":
            if let block = try EncryptedReasoning.read(item) { addAssistant([ContentPart(.reasoning(block))]) }
        case "function_call":
            let call = ToolUse(
                id: try item.string(required: "call_id", "the id that the model gave the call"),
                name: try item.string(required: "name", "the function's name"),
                arguments: try item.string("arguments") ?? "")
            addAssistant([ContentPart(.toolUse(call))])
        case "function_call_output":
            let id = try item.string(required: "call_id", "the id of the call that this item answers")
            messages.append(
                ChatMessage(.tool, [ContentPart(.toolResult(ToolResult(toolUseID: id, parts: try output(item))))]))
        case "item_reference":
            throw ChatFieldError(
                "type", "refers to a stored item, and this gateway stores none; send the item itself",
                code: "unsupported_value")
        case let other:
            throw ChatFieldError(
                "type",
                "is \(ChatFieldError.quoted(other)); it must be one of message, reasoning, function_call and"
                    + " function_call_output", code: "unsupported_value")
        }
    }

    private mutating func addMessage(_ item: ChatFields) throws(ChatFieldError) {
        let need = "one of system, developer, user and assistant"
        let role: ChatMessage.Role
        switch try item.string(required: "role", need) {
        case "system", "developer": role = .system
        case "user": role = .user
        case "assistant": role = .assistant
        case let other: throw ChatFieldError("role", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        }
        guard let content = item.value("content") else {
            throw .missing("content", "a string or an array of content parts")
        }
        let parts = try inside("content") { () throws(ChatFieldError) in try Self.parts(content, Self.allowed(role)) }
        if role == .assistant { addAssistant(parts) } else { messages.append(ChatMessage(role, parts)) }
    }

    private mutating func addAssistant(_ parts: [ContentPart]) {
        if messages.last?.role == .assistant {
            messages[messages.count - 1].parts += parts
        } else {
            messages.append(ChatMessage(.assistant, parts))
        }
    }

    private func output(_ item: ChatFields) throws(ChatFieldError) -> [ContentPart] {
        guard let output = item.value("output") else { throw .missing("output", "a text or an array of content parts") }
        return try inside("output") { () throws(ChatFieldError) in try Self.parts(output, Self.allowed(.tool)) }
    }

    private static func allowed(_ role: ChatMessage.Role) -> [String] {
        switch role {
        case .system: ["input_text"]
        case .user, .tool: ["input_text", "input_image", "input_file"]
        case .assistant: ["output_text", "refusal", "input_text"]
        }
    }

    private static func parts(_ content: JSONValue, _ allowed: [String]) throws(ChatFieldError) -> [ContentPart] {
        switch content {
        case .string(let text): return [.text(text)]
        case .array(let elements):
            var parts: [ContentPart] = []
            for (index, element) in elements.enumerated() {
                parts.append(
                    try inside("[\(index)]") { () throws(ChatFieldError) in
                        try part(ChatFields(element, "an object with type"), allowed)
                    })
            }
            return parts
        default: throw .wrongType("", content, "a string or an array of content parts")
        }
    }

    private static func part(_ fields: ChatFields, _ allowed: [String]) throws(ChatFieldError) -> ContentPart {
        let need = "one of \(allowed.joined(separator: ", "))"
        let type = try fields.string(required: "type", need)
        guard allowed.contains(type) else {
            throw ChatFieldError("type", "is \(ChatFieldError.quoted(type)); here it must be \(need)")
        }
        guard type == "input_text" || type == "output_text" else {
            return ContentPart(try ContentParser.content(type, fields))
        }
        guard let text = try fields.string("text") else { throw .missing("text", "a string") }
        return .text(text)
    }
}

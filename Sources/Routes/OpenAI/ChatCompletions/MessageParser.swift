internal import Core

/// Reads `messages`. Goes through them in order, because a deprecated `function` message has no id: it answers the
/// latest call of that name, and both get an id made from the place of the call.
struct MessageParser {
    /// Calls by `function_call` that no `function` message has answered yet.
    private var openCalls: [ToolUse] = []

    static func messages(of body: ChatFields) throws(ChatFieldError) -> [ChatMessage] {
        let need = "an array with at least one message"
        guard let list = try body.array("messages") else { throw .missing("messages", need) }
        guard !list.isEmpty else {
            throw ChatFieldError("messages", "is empty; it must be \(need)", code: "empty_array")
        }
        var parser = MessageParser()
        var messages: [ChatMessage] = []
        messages.reserveCapacity(list.count)
        for (index, value) in list.enumerated() {
            let message = try inside("messages[\(index)]") { () throws(ChatFieldError) in
                try parser.message(ChatFields(value, "an object with role and content"), at: index)
            }
            messages.append(message)
        }
        return messages
    }

    private mutating func message(_ fields: ChatFields, at index: Int) throws(ChatFieldError) -> ChatMessage {
        let need = "one of system, developer, user, assistant, tool and function"
        switch try fields.string(required: "role", need) {
        case "system", "developer": return try spoken(.system, fields)
        case "user": return try spoken(.user, fields)
        case "assistant": return try assistant(fields, at: index)
        case "tool":
            let id = try fields.string(required: "tool_call_id", "the id of the tool call that this message answers")
            return try result(of: id, fields)
        case "function": return try result(of: try takeOpenCall(fields), fields)
        case let other: throw ChatFieldError("role", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        }
    }

    private func spoken(_ role: ChatMessage.Role, _ fields: ChatFields) throws(ChatFieldError) -> ChatMessage {
        let content = try content(of: fields, role)
        return ChatMessage(role, try marked(content, fields))
    }

    private func content(of fields: ChatFields, _ role: ChatMessage.Role) throws(ChatFieldError) -> [ContentPart] {
        guard let content = fields.value("content") else {
            throw .missing("content", "a string or an array of content parts")
        }
        return try inside("content") { () throws(ChatFieldError) in try ContentParser.parts(content, for: role) }
    }

    /// A `cache_control` beside `content` counts for its last part.
    private func marked(_ parts: [ContentPart], _ fields: ChatFields) throws(ChatFieldError) -> [ContentPart] {
        guard let mark = try fields.object("cache_control"), let last = parts.indices.last else { return parts }
        var parts = parts
        if parts[last].cacheControl == nil { parts[last].cacheControl = mark }
        return parts
    }

    private func result(of id: String, _ fields: ChatFields) throws(ChatFieldError) -> ChatMessage {
        let result = ToolResult(toolUseID: id, parts: try content(of: fields, .tool))
        return ChatMessage(.tool, try marked([ContentPart(.toolResult(result))], fields))
    }

    private mutating func takeOpenCall(_ fields: ChatFields) throws(ChatFieldError) -> String {
        let name = try fields.string(required: "name", "the name of the function whose result this is")
        guard let index = openCalls.lastIndex(where: { $0.name == name }) else {
            throw ChatFieldError(
                "name", "is \(ChatFieldError.quoted(name)), which no function_call before it asked for")
        }
        return openCalls.remove(at: index).id
    }

    /// Reasoning, then text, then tool calls, which is the order that providers ask for.
    private mutating func assistant(_ fields: ChatFields, at index: Int) throws(ChatFieldError) -> ChatMessage {
        var spoken: [ContentPart] = []
        if fields.value("content") != nil { spoken = try content(of: fields, .assistant) }
        if let refusal = try fields.string("refusal"), !refusal.isEmpty { spoken.append(.text(refusal)) }
        let hasReasoning = spoken.contains { if case .reasoning = $0.content { true } else { false } }
        let reasoning = try reasoning(of: fields)
        var parts = hasReasoning ? spoken : reasoning + spoken
        for (place, value) in (try fields.array("tool_calls") ?? []).enumerated() {
            let call = try inside("tool_calls[\(place)]") { () throws(ChatFieldError) in try toolCall(value) }
            parts.append(ContentPart(.toolUse(call)))
        }
        if let object = try fields.object("function_call") {
            let call = try inside("function_call") { () throws(ChatFieldError) in
                try Self.function(ChatFields(object), id: "call_\(index)")
            }
            openCalls.append(call)
            parts.append(ContentPart(.toolUse(call)))
        }
        return ChatMessage(.assistant, try marked(parts, fields))
    }

    /// `thinking_blocks` where the client kept them, because only they carry signatures; else `reasoning_content`.
    private func reasoning(of fields: ChatFields) throws(ChatFieldError) -> [ContentPart] {
        let text = try fields.string("reasoning_content")
        guard let blocks = try fields.array("thinking_blocks"), !blocks.isEmpty else {
            guard let text, !text.isEmpty else { return [] }
            return [ContentPart(.reasoning(.thinking(text: text, signature: nil)))]
        }
        var parts: [ContentPart] = []
        for (index, value) in blocks.enumerated() {
            let part = try inside("thinking_blocks[\(index)]") { () throws(ChatFieldError) in
                let block = try ChatFields(value, "an object with type")
                let need = "\"thinking\" or \"redacted_thinking\""
                let type = try block.string(required: "type", need)
                guard let reasoning = try ContentParser.reasoning(type, block) else {
                    throw ChatFieldError("type", "is \(ChatFieldError.quoted(type)); it must be \(need)")
                }
                return ContentPart(.reasoning(reasoning), cacheControl: try block.object("cache_control"))
            }
            parts.append(part)
        }
        return parts
    }

    private func toolCall(_ value: JSONValue) throws(ChatFieldError) -> ToolUse {
        let fields = try ChatFields(value, "an object with id and function")
        let id = try fields.string(required: "id", "the id that the model gave the call")
        if let type = try fields.string("type"), type != "function" {
            throw ChatFieldError(
                "type", "is \(ChatFieldError.quoted(type)); only calls of type \"function\" are supported",
                code: "unsupported_value")
        }
        guard let function = try fields.object("function") else {
            throw .missing("function", "an object with name and arguments")
        }
        return try inside("function") { () throws(ChatFieldError) in try Self.function(ChatFields(function), id: id) }
    }

    private static func function(_ fields: ChatFields, id: String) throws(ChatFieldError) -> ToolUse {
        let name = try fields.string(required: "name", "the function's name")
        switch fields.value("arguments") {
        case nil: return ToolUse(id: id, name: name, arguments: "")
        case .string(let text): return ToolUse(id: id, name: name, arguments: text)
        // Some clients keep the parsed arguments.
        case .object(let object): return ToolUse(id: id, name: name, arguments: JSONValue.object(object).text)
        case let other?: throw .wrongType("arguments", other, "a string of JSON")
        }
    }
}

internal import Core

/// Reads the `content` of a message or of a tool result: a string, or an array of blocks.
enum AnthropicBlockParser {
    struct Parts {
        var parts: [ContentPart] = []
        /// Where the first block stands that only Anthropic's API knows, from here: `[1].type`.
        var untranslated: String?

        mutating func add(_ part: ContentPart.Content) { parts.append(ContentPart(part)) }
    }

    static func parts(_ content: JSONValue, for role: ChatMessage.Role) throws(ChatFieldError) -> Parts {
        var result = Parts()
        switch content {
        case .string(let text): result.add(.text(text))
        case .array(let elements):
            result.parts.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                let path = "[\(index)]"
                let unknown = try inside(path) { () throws(ChatFieldError) in
                    try read(ChatFields(element, "an object with type"), for: role, into: &result)
                }
                if let unknown, result.untranslated == nil { result.untranslated = path + unknown }
            }
        default: throw .wrongType("", content, "a string or an array of content blocks")
        }
        return result
    }

    /// The types that belong to one kind of message each. Others are Anthropic's affair.
    private static let places: [String: Set<ChatMessage.Role>] = [
        "text": [.system, .user, .assistant, .tool], "image": [.user, .tool], "document": [.user, .tool],
        "search_result": [.user, .tool], "tool_result": [.user], "tool_use": [.assistant], "thinking": [.assistant],
        "redacted_thinking": [.assistant],
    ]

    /// Adds a block's parts. Answers the place of a member that only Anthropic's API knows.
    private static func read(
        _ fields: ChatFields, for role: ChatMessage.Role, into result: inout Parts
    ) throws(ChatFieldError) -> String? {
        let type = try fields.string(required: "type", "the block's type, such as text")
        guard let roles = places[type] else { return ".type" }
        guard roles.contains(role) else {
            let place = role == .tool ? "a tool result" : "a \(role.rawValue) message"
            throw ChatFieldError("type", "is \(ChatFieldError.quoted(type)), which cannot stand in \(place)")
        }
        let mark = try fields.object("cache_control")
        let count = result.parts.count
        let unknown = try content(type, fields, into: &result)
        if let mark, result.parts.count > count { result.parts[result.parts.count - 1].cacheControl = mark }
        return unknown
    }

    private static func content(
        _ type: String, _ fields: ChatFields, into result: inout Parts
    ) throws(ChatFieldError) -> String? {
        switch type {
        case "text":
            guard let text = try fields.string("text") else { throw .missing("text", "a string") }
            result.add(.text(text))
        case "tool_use": result.add(.toolUse(try toolUse(fields)))
        case "tool_result": return try toolResult(fields, into: &result)
        case "image":
            guard let source = try AnthropicSource(fields) else { return ".source.type" }
            return try image(source, into: &result)
        case "document":
            guard let source = try AnthropicSource(fields) else { return ".source.type" }
            return try document(source, fields, into: &result)
        case "search_result":
            let heading = [try fields.string("title"), try fields.string("source")].compactMap { $0 }
            result.add(.text(heading.joined(separator: "\n")))
            return try nested(fields.value("content") ?? .array([]), at: "content", into: &result)
        default:
            if let reasoning = try ContentParser.reasoning(type, fields) { result.add(.reasoning(reasoning)) }
        }
        return nil
    }

    private static func toolUse(_ fields: ChatFields) throws(ChatFieldError) -> ToolUse {
        let id = try fields.string(required: "id", "the id that the model gave the call")
        let name = try fields.string(required: "name", "the tool's name")
        guard let input = try fields.object("input") else { throw .missing("input", "an object") }
        return ToolUse(id: id, name: name, arguments: JSONValue.object(input).text)
    }

    private static func toolResult(_ fields: ChatFields, into result: inout Parts) throws(ChatFieldError) -> String? {
        let id = try fields.string(required: "tool_use_id", "the id of the tool call that this block answers")
        var inner = Parts()
        let unknown = try nested(fields.value("content") ?? .array([]), at: "content", into: &inner)
        result.add(
            .toolResult(ToolResult(toolUseID: id, parts: inner.parts, isError: try fields.bool("is_error"))))
        return unknown
    }

    /// The blocks that stand in another block.
    private static func nested(
        _ content: JSONValue, at path: String, into result: inout Parts
    ) throws(ChatFieldError) -> String? {
        let inner = try inside(path) { () throws(ChatFieldError) in try parts(content, for: .tool) }
        result.parts += inner.parts
        return inner.untranslated.map { ".\(path)\($0)" }
    }

    private static func image(_ source: AnthropicSource, into result: inout Parts) throws(ChatFieldError) -> String? {
        switch source {
        case .base64(let data, let mediaType): result.add(.image(.base64(data, mediaType: mediaType)))
        case .url(let url): result.add(.image(.url(url)))
        case .text, .content: return ".source.type"
        }
        return nil
    }

    /// A document of plain text is text to every model, and so is what the client says of a document.
    private static func document(
        _ source: AnthropicSource, _ fields: ChatFields, into result: inout Parts
    ) throws(ChatFieldError) -> String? {
        let title = try fields.string("title")
        if let context = try fields.string("context"), !context.isEmpty { result.add(.text(context)) }
        switch source {
        case .base64(let data, let mediaType):
            result.add(.document(.base64(data, mediaType: mediaType), name: title))
        case .url(let url): result.add(.document(.url(url), name: title))
        case .text(let text): result.add(.text([title, text].compactMap { $0 }.joined(separator: "\n\n")))
        case .content(let content):
            if let title { result.add(.text(title)) }
            return try nested(content, at: "source.content", into: &result)
        }
        return nil
    }
}

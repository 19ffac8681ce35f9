internal import Core

/// Reads `tools` and `tool_choice`.
struct AnthropicToolParser {
    private(set) var tools: [ToolDefinition] = []
    private(set) var choice: ToolChoice?
    /// False when the client wants at most one call; nil when it does not say.
    private(set) var isParallel: Bool?
    /// Where the first tool stands that only Anthropic's API has; it is not in ``tools``.
    private(set) var untranslated: String?

    static func parse(_ body: ChatFields) throws(ChatFieldError) -> AnthropicToolParser {
        var parser = AnthropicToolParser()
        for (index, value) in (try body.array("tools") ?? []).enumerated() {
            let tool = try inside("tools[\(index)]") { () throws(ChatFieldError) in
                try Self.tool(ChatFields(value, "an object with name and input_schema"))
            }
            if let tool {
                parser.tools.append(tool)
            } else if parser.untranslated == nil {
                parser.untranslated = "tools[\(index)].type"
            }
        }
        if let object = try body.object("tool_choice") {
            try inside("tool_choice") { () throws(ChatFieldError) in try parser.readChoice(ChatFields(object)) }
        }
        return parser
    }

    /// Nil for a tool that is not the client's own (`web_search_20250305` and its like).
    private static func tool(_ fields: ChatFields) throws(ChatFieldError) -> ToolDefinition? {
        if let type = try fields.string("type"), type != "custom" { return nil }
        let name = try fields.string(required: "name", "the tool's name")
        guard let schema = try fields.object("input_schema") else {
            throw .missing("input_schema", "an object that is a JSON schema")
        }
        return ToolDefinition(
            name: name, description: try fields.string("description"), parameters: schema,
            strict: try fields.bool("strict"), cacheControl: try fields.object("cache_control"))
    }

    private mutating func readChoice(_ fields: ChatFields) throws(ChatFieldError) {
        let need = "one of auto, any, tool and none"
        switch try fields.string(required: "type", need) {
        case "auto": choice = .auto
        case "none": choice = ToolChoice.none
        case "any":
            choice = .required
            guard !tools.isEmpty || untranslated != nil else {
                throw ChatFieldError("type", "is \"any\", but the request has no tools")
            }
        case "tool":
            let name = try fields.string(required: "name", "the name of one of the request's tools")
            guard untranslated != nil || tools.contains(where: { $0.name == name }) else {
                throw ChatFieldError("name", "is \(ChatFieldError.quoted(name)), which is none of the request's tools")
            }
            choice = .named(name)
        case let other: throw ChatFieldError("type", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        }
        if let single = try fields.bool("disable_parallel_tool_use") { isParallel = !single }
    }
}

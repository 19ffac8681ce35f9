internal import Core

/// Reads `tools` and `tool_choice`, whose functions stand one level higher than in chat completions.
struct ResponsesToolParser {
    private(set) var tools: [ToolDefinition] = []
    private(set) var choice: ToolChoice?

    static func parse(_ body: ChatFields) throws(ChatFieldError) -> ResponsesToolParser {
        var parser = ResponsesToolParser()
        for (index, value) in (try body.array("tools") ?? []).enumerated() {
            parser.tools.append(try inside("tools[\(index)]") { () throws(ChatFieldError) in try tool(value) })
        }
        if let value = body.value("tool_choice") {
            try inside("tool_choice") { () throws(ChatFieldError) in try parser.readChoice(value) }
        }
        return parser
    }

    private static func tool(_ value: JSONValue) throws(ChatFieldError) -> ToolDefinition {
        let fields = try ChatFields(value, "an object with type and name")
        try requireFunction(fields)
        return ToolDefinition(
            name: try fields.string(required: "name", "the function's name"),
            description: try fields.string("description"), parameters: try fields.object("parameters"),
            strict: try fields.bool("strict"))
    }

    /// Tools that a provider would run itself are its own affair, and none of the gateway's.
    private static func requireFunction(_ fields: ChatFields) throws(ChatFieldError) {
        let type = try fields.string(required: "type", "\"function\"")
        guard type == "function" else {
            throw ChatFieldError(
                "type", "is \(ChatFieldError.quoted(type)); only tools of type \"function\" are supported",
                code: "unsupported_value")
        }
    }

    private mutating func readChoice(_ value: JSONValue) throws(ChatFieldError) {
        let need = "\"none\", \"auto\", \"required\" or an object that names a function"
        switch value {
        case .string("none"): choice = ToolChoice.none
        case .string("auto"): choice = .auto
        case .string("required"):
            choice = .required
            guard !tools.isEmpty else { throw ChatFieldError("", "is \"required\", but the request has no tools") }
        case .string(let other): throw ChatFieldError("", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        case .object(let object):
            let fields = ChatFields(object)
            if case .string("allowed_tools") = fields.value("type") { return try readAllowed(fields) }
            try Self.requireFunction(fields)
            choice = .named(try name(of: fields))
        default: throw .wrongType("", value, need)
        }
    }

    /// The request's tools are narrowed to those of the list.
    private mutating func readAllowed(_ fields: ChatFields) throws(ChatFieldError) {
        let need = "\"auto\" or \"required\""
        switch try fields.string(required: "mode", need) {
        case "auto": choice = .auto
        case "required": choice = .required
        case let other: throw ChatFieldError("mode", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        }
        guard let list = try fields.array("tools"), !list.isEmpty else {
            throw .missing("tools", "an array with at least one tool")
        }
        var names: Set<String> = []
        for (index, value) in list.enumerated() {
            names.insert(
                try inside("tools[\(index)]") { () throws(ChatFieldError) in
                    let fields = try ChatFields(value, "an object with type and name")
                    try Self.requireFunction(fields)
                    return try name(of: fields)
                })
        }
        tools.removeAll { !names.contains($0.name) }
    }

    private func name(of fields: ChatFields) throws(ChatFieldError) -> String {
        let name = try fields.string(required: "name", "the name of one of the request's tools")
        guard tools.contains(where: { $0.name == name }) else {
            throw ChatFieldError("name", "is \(ChatFieldError.quoted(name)), which is none of the request's tools")
        }
        return name
    }
}

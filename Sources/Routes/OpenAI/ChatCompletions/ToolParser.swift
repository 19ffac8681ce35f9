internal import Core

/// Reads `tools` and `tool_choice`, and the `functions` and `function_call` that they replaced.
struct ToolParser {
    private(set) var tools: [ToolDefinition] = []
    private(set) var choice: ToolChoice?

    static func parse(_ body: ChatFields) throws(ChatFieldError) -> ToolParser {
        var parser = ToolParser()
        for (index, value) in (try body.array("tools") ?? []).enumerated() {
            parser.tools.append(try inside("tools[\(index)]") { () throws(ChatFieldError) in try tool(value) })
        }
        for (index, value) in (try body.array("functions") ?? []).enumerated() {
            let definition = try inside("functions[\(index)]") { () throws(ChatFieldError) in
                try function(ChatFields(value, "an object with name and parameters"))
            }
            parser.tools.append(definition)
        }
        if let value = body.value("tool_choice") {
            try inside("tool_choice") { () throws(ChatFieldError) in try parser.readChoice(value) }
        } else if let value = body.value("function_call") {
            try inside("function_call") { () throws(ChatFieldError) in try parser.readFunctionCall(value) }
        }
        return parser
    }

    private static func tool(_ value: JSONValue) throws(ChatFieldError) -> ToolDefinition {
        let fields = try ChatFields(value, "an object with type and function")
        try requireFunction(fields)
        guard let object = try fields.object("function") else {
            throw .missing("function", "an object with name and parameters")
        }
        var definition = try inside("function") { () throws(ChatFieldError) in try function(ChatFields(object)) }
        if let mark = try fields.object("cache_control") { definition.cacheControl = mark }
        return definition
    }

    private static func requireFunction(_ fields: ChatFields) throws(ChatFieldError) {
        let type = try fields.string(required: "type", "\"function\"")
        guard type == "function" else {
            throw ChatFieldError(
                "type", "is \(ChatFieldError.quoted(type)); only tools of type \"function\" are supported",
                code: "unsupported_value")
        }
    }

    private static func function(_ fields: ChatFields) throws(ChatFieldError) -> ToolDefinition {
        ToolDefinition(
            name: try fields.string(required: "name", "the function's name"),
            description: try fields.string("description"),
            parameters: try fields.object("parameters"),
            strict: try fields.bool("strict"),
            cacheControl: try fields.object("cache_control"))
    }

    private mutating func readChoice(_ value: JSONValue) throws(ChatFieldError) {
        let need = "\"none\", \"auto\", \"required\" or an object that names a function"
        switch value {
        case .string("none"): choice = ToolChoice.none
        case .string("auto"): choice = .auto
        case .string("required"), .string("any"):
            choice = .required
            guard !tools.isEmpty else { throw ChatFieldError("", "is \"required\", but the request has no tools") }
        case .string(let other): throw ChatFieldError("", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        case .object(let object):
            let fields = ChatFields(object)
            if case .string("allowed_tools") = fields.value("type") {
                try readAllowedTools(fields)
                return
            }
            try Self.requireFunction(fields)
            guard let function = try fields.object("function") else {
                throw .missing("function", "an object with name")
            }
            try inside("function") { () throws(ChatFieldError) in try readName(ChatFields(function)) }
        default: throw .wrongType("", value, need)
        }
    }

    private mutating func readFunctionCall(_ value: JSONValue) throws(ChatFieldError) {
        let need = "\"none\", \"auto\" or an object with the name of a function"
        switch value {
        case .string("none"): choice = ToolChoice.none
        case .string("auto"): choice = .auto
        case .object(let object): try readName(ChatFields(object))
        case .string(let other): throw ChatFieldError("", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        default: throw .wrongType("", value, need)
        }
    }

    private mutating func readName(_ fields: ChatFields) throws(ChatFieldError) {
        let name = try fields.string(required: "name", "the name of one of the request's tools")
        try requireTool(name, at: "name")
        choice = .named(name)
    }

    private func requireTool(_ name: String, at path: String) throws(ChatFieldError) {
        guard tools.contains(where: { $0.name == name }) else {
            throw ChatFieldError(path, "is \(ChatFieldError.quoted(name)), which is none of the request's tools")
        }
    }

    /// `{"type":"allowed_tools","allowed_tools":{"mode":…,"tools":[…]}}`: the request's tools are narrowed to those that
    /// the list names, which is the only way to say so in other vendors' dialects.
    private mutating func readAllowedTools(_ fields: ChatFields) throws(ChatFieldError) {
        guard let object = try fields.object("allowed_tools") else {
            throw .missing("allowed_tools", "an object with mode and tools")
        }
        try inside("allowed_tools") { () throws(ChatFieldError) in
            let allowed = ChatFields(object)
            let need = "\"auto\" or \"required\""
            switch try allowed.string(required: "mode", need) {
            case "auto": choice = .auto
            case "required": choice = .required
            case let other: throw ChatFieldError("mode", "is \(ChatFieldError.quoted(other)); it must be \(need)")
            }
            guard let list = try allowed.array("tools"), !list.isEmpty else {
                throw .missing("tools", "an array with at least one tool")
            }
            var names: Set<String> = []
            for (index, value) in list.enumerated() {
                names.insert(
                    try inside("tools[\(index)]") { () throws(ChatFieldError) in try allowedName(value) })
            }
            tools.removeAll { !names.contains($0.name) }
        }
    }

    private func allowedName(_ value: JSONValue) throws(ChatFieldError) -> String {
        let fields = try ChatFields(value, "an object with type and function")
        try Self.requireFunction(fields)
        guard let function = try fields.object("function") else { throw .missing("function", "an object with name") }
        return try inside("function") { () throws(ChatFieldError) in
            let name = try ChatFields(function).string(required: "name", "the name of one of the request's tools")
            try requireTool(name, at: "name")
            return name
        }
    }
}

internal import Core

/// The functions of a request in one of OpenAI's dialects, and which of them the model may or must call.
struct FunctionTools {
    /// Where the members of a function stand.
    enum Shape {
        /// In an object `function`, as in chat completions.
        case nested
        /// Beside `type`, as in responses.
        case flat

        /// What an element of a list has to be.
        var need: String { self == .nested ? "an object with type and function" : "an object with type and name" }
    }

    let shape: Shape
    var tools: [ToolDefinition] = []
    private(set) var choice: ToolChoice?

    init(_ shape: Shape) { self.shape = shape }

    /// Tools that a provider would run itself are its own affair, and none of the gateway's.
    static func requireFunction(_ fields: ChatFields) throws(ChatFieldError) {
        let type = try fields.string(required: "type", "\"function\"")
        guard type == "function" else {
            throw ChatFieldError(
                "type", "is \(ChatFieldError.quoted(type)); only tools of type \"function\" are supported",
                code: "unsupported_value")
        }
    }

    /// `tool_choice`.
    mutating func readChoice(_ value: JSONValue) throws(ChatFieldError) {
        let need = "\"none\", \"auto\", \"required\" or an object that names a function"
        switch value {
        case .string("none"): choice = ToolChoice.none
        case .string("auto"): choice = .auto
        case .string("required"): try require()
        case .string("any") where shape == .nested: try require()
        case .string(let other): throw ChatFieldError("", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        case .object(let object):
            let fields = ChatFields(object)
            if case .string("allowed_tools") = fields.value("type") {
                try readAllowed(fields)
            } else {
                choice = .named(try name(in: fields))
            }
        default: throw .wrongType("", value, need)
        }
    }

    /// `function_call`, which `tool_choice` replaced.
    mutating func readFunctionCall(_ value: JSONValue) throws(ChatFieldError) {
        let need = "\"none\", \"auto\" or an object with the name of a function"
        switch value {
        case .string("none"): choice = ToolChoice.none
        case .string("auto"): choice = .auto
        case .object(let object): choice = .named(try ownName(of: ChatFields(object)))
        case .string(let other): throw ChatFieldError("", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        default: throw .wrongType("", value, need)
        }
    }

    private mutating func require() throws(ChatFieldError) {
        choice = .required
        guard !tools.isEmpty else { throw ChatFieldError("", "is \"required\", but the request has no tools") }
    }

    /// `mode` and `tools`, in chat completions within `allowed_tools`.
    private mutating func readAllowed(_ fields: ChatFields) throws(ChatFieldError) {
        guard shape == .nested else { return try narrow(to: fields) }
        guard let object = try fields.object("allowed_tools") else {
            throw .missing("allowed_tools", "an object with mode and tools")
        }
        try inside("allowed_tools") { () throws(ChatFieldError) in try narrow(to: ChatFields(object)) }
    }

    /// The request's tools are narrowed to those of the list, which is the only way to say so in other vendors' dialects.
    private mutating func narrow(to allowed: ChatFields) throws(ChatFieldError) {
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
                try inside("tools[\(index)]") { () throws(ChatFieldError) in
                    try name(in: try ChatFields(value, shape.need))
                })
        }
        tools.removeAll { !names.contains($0.name) }
    }

    /// The function that an object with `type` names.
    private func name(in fields: ChatFields) throws(ChatFieldError) -> String {
        try Self.requireFunction(fields)
        guard shape == .nested else { return try ownName(of: fields) }
        guard let function = try fields.object("function") else { throw .missing("function", "an object with name") }
        return try inside("function") { () throws(ChatFieldError) in try ownName(of: ChatFields(function)) }
    }

    private func ownName(of fields: ChatFields) throws(ChatFieldError) -> String {
        let name = try fields.string(required: "name", "the name of one of the request's tools")
        guard tools.contains(where: { $0.name == name }) else {
            throw ChatFieldError("name", "is \(ChatFieldError.quoted(name)), which is none of the request's tools")
        }
        return name
    }
}

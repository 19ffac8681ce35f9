internal import Core

/// Reads `tools` and `tool_choice`, and the `functions` and `function_call` that they replaced.
enum ToolParser {
    static func parse(_ body: ChatFields) throws(ChatFieldError) -> FunctionTools {
        var functions = FunctionTools(.nested)
        for (index, value) in (try body.array("tools") ?? []).enumerated() {
            functions.tools.append(
                try inside("tools[\(index)]") { () throws(ChatFieldError) in try tool(value, functions.shape) })
        }
        for (index, value) in (try body.array("functions") ?? []).enumerated() {
            let definition = try inside("functions[\(index)]") { () throws(ChatFieldError) in
                try function(ChatFields(value, "an object with name and parameters"))
            }
            functions.tools.append(definition)
        }
        if let value = body.value("tool_choice") {
            try inside("tool_choice") { () throws(ChatFieldError) in try functions.readChoice(value) }
        } else if let value = body.value("function_call") {
            try inside("function_call") { () throws(ChatFieldError) in try functions.readFunctionCall(value) }
        }
        return functions
    }

    private static func tool(_ value: JSONValue, _ shape: FunctionTools.Shape) throws(ChatFieldError) -> ToolDefinition
    {
        let fields = try ChatFields(value, shape.need)
        try FunctionTools.requireFunction(fields)
        guard let object = try fields.object("function") else {
            throw .missing("function", "an object with name and parameters")
        }
        var definition = try inside("function") { () throws(ChatFieldError) in try function(ChatFields(object)) }
        if let mark = try fields.object("cache_control") { definition.cacheControl = mark }
        return definition
    }

    private static func function(_ fields: ChatFields) throws(ChatFieldError) -> ToolDefinition {
        ToolDefinition(
            name: try fields.string(required: "name", "the function's name"),
            description: try fields.string("description"),
            parameters: try fields.object("parameters"),
            strict: try fields.bool("strict"),
            cacheControl: try fields.object("cache_control"))
    }
}

internal import Core

/// Reads `tools` and `tool_choice`, whose functions stand one level higher than in chat completions.
enum ResponsesToolParser {
    static func parse(_ body: ChatFields) throws(ChatFieldError) -> FunctionTools {
        var functions = FunctionTools(.flat)
        for (index, value) in (try body.array("tools") ?? []).enumerated() {
            functions.tools.append(
                try inside("tools[\(index)]") { () throws(ChatFieldError) in try tool(value, functions.shape) })
        }
        if let value = body.value("tool_choice") {
            try inside("tool_choice") { () throws(ChatFieldError) in try functions.readChoice(value) }
        }
        return functions
    }

    private static func tool(_ value: JSONValue, _ shape: FunctionTools.Shape) throws(ChatFieldError) -> ToolDefinition
    {
        let fields = try ChatFields(value, shape.need)
        try FunctionTools.requireFunction(fields)
        return ToolDefinition(
            name: try fields.string(required: "name", "the function's name"),
            description: try fields.string("description"), parameters: try fields.object("parameters"),
            strict: try fields.bool("strict"))
    }
}

internal import Core

/// The tool calls of an answer as its record shows them.
enum ToolCallRecord {
    /// OpenAI's `tool_calls` array as JSON text; empty when there are no calls.
    static func text(_ calls: [ToolUse]) -> String {
        guard !calls.isEmpty else { return "" }
        return JSONValue.array(
            calls.map { call in
                [
                    "id": .string(call.id), "type": "function",
                    "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
                ]
            }
        ).text
    }
}

internal import Core

/// Checks that each turn of tool calls is followed by its results and that no result stands alone. The service refuses
/// such conversations with an error that names no message of the client's; OpenAI's API refuses them too.
enum ConverseToolPairs {
    /// 400 naming the message at fault.
    static func check(_ turns: [ConverseTurn]) throws(GatewayError) {
        var open: [ConverseBlock] = []
        for turn in turns {
            var results: Set<String> = []
            for block in turn.blocks where block.kind == .toolResult {
                guard let id = block.toolUseID else { continue }
                guard open.contains(where: { $0.toolUseID == id }) else { throw orphan(block) }
                results.insert(id)
            }
            if let call = open.first(where: { !results.contains($0.toolUseID ?? "") }) { throw unanswered(call) }
            open = turn.blocks.filter { $0.kind == .toolUse }
        }
        if let call = open.first { throw unanswered(call) }
    }

    private static func orphan(_ block: ConverseBlock) -> GatewayError {
        let path = "messages[\(block.message)].tool_call_id"
        return .invalid(
            "\(path): no tool call of that id stands in the assistant message before it; send that message too, or leave this one out.",
            param: path)
    }

    private static func unanswered(_ block: ConverseBlock) -> GatewayError {
        let path = "messages[\(block.message)].tool_calls"
        return .invalid(
            "\(path): the call \(block.toolUseID ?? "") has no result; send a tool message for each call right after it.",
            param: path)
    }
}

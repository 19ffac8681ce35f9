internal import Core

/// Anthropic's objects: https://docs.anthropic.com/en/api/messages. Members that are not here go to models behind Anthropic's
/// own API, and come back from these.
extension OpenAPIComponents {
    static let messagesRequest = Schema.open(
        prompt + [
            ("max_tokens", .integer(1...ChatRequestParser.largestMaxTokens)),
            ("stream", Schema.boolean.orNull.defaulting(to: false)),
            ("temperature", Schema.number(0...1).orNull), ("top_p", Schema.number(0...1).orNull),
            ("top_k", Schema.integer(0...1_000_000).orNull),
            ("stop_sequences", Schema.array(of: .text, 0...2500).orNull), ("service_tier", Schema.text.orNull),
            ("metadata", Schema.open(["user_id": Schema.text.orNull]).orNull),
        ], required: ["model", "max_tokens", "messages"]
    ).example(["model": "demo", "max_tokens": 1024, "messages": [["role": "user", "content": "ping"]]])

    static let countRequest = Schema.open(prompt, required: ["model", "messages"])

    private static let prompt: [(String, Schema)] = [
        ("model", Schema.string(1...400).described("A configured name, as GET /v1/models lists them.")),
        ("messages", .array(of: .named("MessageTurn"), 1...Int.max)),
        ("system", Schema.any(of: [.text, .array(of: textBlock), Schema(["type": "null"])])),
        ("tools", Schema.array(of: tool).orNull), ("tool_choice", Schema.any(of: [choice, Schema(["type": "null"])])),
        (
            "thinking",
            Schema.any(of: [
                .open(
                    [
                        "type": .constant("enabled"),
                        "budget_tokens": .integer(1024...ChatRequestParser.largestMaxTokens),
                    ], required: ["type", "budget_tokens"]),
                .open(["type": .one(of: ["adaptive", "disabled"])], required: ["type"]), Schema(["type": "null"]),
            ])
        ),
    ]

    private static let tool = Schema.open(
        [
            "name": .string(1...64, pattern: "^[a-zA-Z0-9_-]+$"), "description": Schema.text.orNull,
            "input_schema": .open([:]),
        ], required: ["name", "input_schema"])

    private static let choice = Schema.open(
        ["type": .one(of: ["auto", "none"]), "disable_parallel_tool_use": Schema.boolean.orNull], required: ["type"])

    static let messageTurn = Schema.any(of: [
        turn("user", [textBlock, imageBlock, resultBlock]), turn("assistant", [textBlock, useBlock]),
    ])

    private static func turn(_ role: String, _ blocks: [Schema]) -> Schema {
        .open(
            ["role": .constant(.string(role)), "content": .any(of: [.text, .array(of: .any(of: blocks))])],
            required: ["role", "content"])
    }

    private static let textBlock = Schema.open(["type": .constant("text"), "text": .text], required: ["type", "text"])
    private static let imageBlock = Schema.open(
        [
            "type": .constant("image"),
            "source": .open(["type": .constant("url"), "url": .text], required: ["type", "url"]),
        ], required: ["type", "source"])
    private static let useBlock = Schema.open(
        ["type": .constant("tool_use"), "id": .string(1...256), "name": .string(1...256), "input": .open([:])],
        required: ["type", "id", "name", "input"])
    private static let resultBlock = Schema.open(
        [
            "type": .constant("tool_result"), "tool_use_id": .string(1...256),
            "content": .any(of: [.text, .array(of: textBlock)]), "is_error": Schema.boolean.orNull,
        ], required: ["type", "tool_use_id"])

    static let message = Schema.open(
        [
            "id": .text, "type": .constant("message"), "role": .constant("assistant"), "model": .text,
            "content": .array(of: answerBlock), "stop_reason": Schema.text.orNull,
            "stop_sequence": Schema.text.orNull, "stop_details": Schema.open([:]).orNull,
            "container": Schema.open([:]).orNull, "usage": .named("MessageUsage"),
        ], required: ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"])

    private static let answerBlock = Schema.open(
        [
            "type": .text, "text": .text, "thinking": .text, "signature": .text, "data": .text, "id": .text,
            "name": .text, "input": .any, "citations": .any, "caller": .open(["type": .text]),
        ], required: ["type"])

    static let messageUsage = Schema.open(
        [
            "input_tokens": .count, "output_tokens": .count, "cache_creation_input_tokens": .count,
            "cache_read_input_tokens": .count,
            "cache_creation": .open(["ephemeral_5m_input_tokens": .count, "ephemeral_1h_input_tokens": .count]),
            "output_tokens_details": Schema.open(["thinking_tokens": .count]).orNull,
            "server_tool_use": Schema.open([:]).orNull, "service_tier": .text, "inference_geo": Schema.text.orNull,
        ], required: ["input_tokens", "output_tokens"])

    /// One event of a stream; see ``chatEvent``.
    static let messageEvent = Schema.open(
        [
            "event": .text,
            "data": Schema([
                "type": "string", "contentMediaType": "application/json",
                "contentSchema": .object(Schema.open(["type": .text], required: ["type"]).json),
            ]),
        ], required: ["event", "data"])

    static let tokenCount = Schema.row(["input_tokens": .count])

    static let messageError = Schema.row([
        "type": .constant("error"), "error": .row(["type": .text, "message": .text]), "request_id": .text,
    ])
}

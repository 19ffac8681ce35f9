internal import Core

/// OpenAI's objects: https://platform.openai.com/docs/api-reference. Members that are not here go to providers that know
/// them, and come back from these.
extension OpenAPIComponents {
    static let modelObject = Schema.row([
        "id": .text, "object": .constant("model"), "created": .count, "owned_by": .text,
    ])
    static let modelList = Schema.row(["object": .constant("list"), "data": .array(of: .named("ModelObject"))])

    static let chatRequest = Schema.open(
        [
            "model": Schema.string(1...400).described("A configured name, as GET /v1/models lists them."),
            "messages": .array(of: .named("ChatMessage"), 1...Int.max),
            "stream": Schema.boolean.orNull.defaulting(to: false),
            "stream_options": Schema.open(["include_usage": Schema.boolean.orNull]).orNull,
            "max_tokens": Schema.integer(1...ChatRequestParser.largestMaxTokens).orNull,
            "max_completion_tokens": Schema.integer(1...ChatRequestParser.largestMaxTokens).orNull,
            "temperature": Schema.number(0...2).orNull, "top_p": Schema.number(0...1).orNull,
            "top_k": Schema.integer(-1...1_000_000).orNull, "n": Schema.integer(1...128).orNull,
            "stop": Schema.any(of: [.text, .array(of: .text, 0...4), Schema(["type": "null"])]),
            "tools": Schema.array(of: tool).orNull,
            "tool_choice": Schema.any(of: [
                .one(of: ["none", "auto", "required"]), .open([:]), Schema(["type": "null"]),
            ]),
            "parallel_tool_calls": Schema.boolean.orNull, "reasoning_effort": Schema.text.orNull,
            "thinking": Schema.open([:]).orNull,
            "response_format": Schema.any(of: [responseFormat, Schema(["type": "null"])]),
            "service_tier": Schema.text.orNull, "user": Schema.text.orNull, "metadata": Schema.open([:]).orNull,
        ], required: ["model", "messages"]
    ).example(["model": "demo", "messages": [["role": "user", "content": "ping"]], "max_tokens": 4096])

    private static let tool = Schema.open(
        [
            "type": .constant("function"),
            "function": .open(
                ["name": .string(1...64, pattern: "^[a-zA-Z0-9_-]+$"), "parameters": .open([:])], required: ["name"]),
        ], required: ["type", "function"])

    private static let responseFormat = Schema.any(of: [
        .open(["type": .one(of: ["text", "json_object"])], required: ["type"]),
        .open(
            [
                "type": .constant("json_schema"),
                "json_schema": .open(["name": .string(1...64), "schema": .open([:])], required: ["name"]),
            ], required: ["type", "json_schema"]),
    ])

    /// By role, since each has members that it needs.
    static let chatMessage = Schema.any(of: [
        message(["system", "developer"], [textPart]), message(["user"], [textPart, imagePart, otherPart]),
        .open(["role": .constant("assistant"), "content": content([textPart]).orNull], required: ["role"]),
        .open(
            ["role": .constant("tool"), "tool_call_id": .string(1...256), "content": content([textPart, imagePart])],
            required: ["role", "tool_call_id", "content"]),
        .open(
            ["role": .constant("function"), "name": .string(1...256), "content": content([textPart])],
            required: ["role", "name", "content"]),
    ])

    private static func message(_ roles: [String], _ parts: [Schema]) -> Schema {
        .open(["role": .one(of: roles), "content": content(parts)], required: ["role", "content"])
    }

    private static func content(_ parts: [Schema]) -> Schema { .any(of: [.text, .array(of: .any(of: parts))]) }

    private static let textPart = Schema.open(["type": .constant("text"), "text": .text], required: ["type", "text"])
    private static let imagePart = Schema.open(
        ["type": .constant("image_url"), "image_url": .open(["url": .text], required: ["url"])],
        required: ["type", "image_url"])
    private static let otherPart = Schema.open(
        ["type": .one(of: ["input_image", "input_audio", "file", "input_file"])], required: ["type"])

    static let chatCompletion = Schema.open(
        [
            "id": .text, "object": .constant("chat.completion"), "created": .count, "model": .text,
            "choices": .array(
                of: .open(
                    [
                        "index": .count, "finish_reason": Schema.text.orNull,
                        "message": .open(
                            ["role": .constant("assistant"), "content": Schema.text.orNull], required: ["role"]),
                    ], required: ["index", "message", "finish_reason"])),
            "usage": .named("TokenUsage"),
        ], required: ["id", "object", "created", "model", "choices", "usage"])

    /// One event of a stream. OpenAPI 3.1 has no word for it; tools take the schema of `text/event-stream` as that of each
    /// event, and OpenAPI 3.2 says so (`itemSchema`).
    static let chatEvent = Schema.open(
        [
            "data": .any(of: [
                .constant("[DONE]"),
                Schema([
                    "type": "string", "contentMediaType": "application/json",
                    "contentSchema": .object(Schema.any(of: [.named("ChatChunk"), .named("Error")]).json),
                ]),
            ])
        ], required: ["data"])

    static let chatChunk = Schema.open(
        [
            "id": .text, "object": .constant("chat.completion.chunk"), "created": .count, "model": .text,
            "choices": .array(
                of: .open(
                    [
                        "index": .count, "finish_reason": Schema.text.orNull,
                        "delta": .open(["role": .constant("assistant"), "content": Schema.text.orNull]),
                    ], required: ["index", "delta", "finish_reason"])),
            "usage": Schema.named("TokenUsage").orNull,
        ], required: ["id", "object", "created", "model", "choices"])

    static let tokenUsage = Schema.open(
        [
            "prompt_tokens": .count, "completion_tokens": .count, "total_tokens": .count,
            "prompt_tokens_details": Schema.open(["cached_tokens": Schema.count.orNull]).orNull,
            "completion_tokens_details": Schema.open(["reasoning_tokens": Schema.count.orNull]).orNull,
        ], required: ["prompt_tokens", "completion_tokens", "total_tokens"])
}

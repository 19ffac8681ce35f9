internal import Core

extension OpenAPIComponents {
    private static let null = Schema(["type": "null"])

    static let responseRequest = Schema.open(
        [
            "model": Schema.string(1...400).described("A configured name, as GET /v1/models lists them."),
            "input": .any(of: [.string(1...Int.max), .array(of: inputItem, 1...Int.max)]),
            "instructions": Schema.text.orNull, "stream": Schema.boolean.orNull.defaulting(to: false),
            "max_output_tokens": Schema.integer(1...ChatRequestParser.largestMaxTokens).orNull,
            "temperature": Schema.number(0...2).orNull, "top_p": Schema.number(0...1).orNull,
            "tools": Schema.array(of: functionTool).orNull,
            "tool_choice": .any(of: [.one(of: ["none", "auto", "required"]), .open([:]), null]),
            "parallel_tool_calls": Schema.boolean.orNull,
            "text": Schema.open(["format": .any(of: [textFormat, null])]).orNull,
            "reasoning": Schema.open(["effort": Schema.text.orNull, "summary": Schema.text.orNull]).orNull,
            "include": Schema.array(of: .constant("reasoning.encrypted_content")).orNull,
            "store": .any(of: [.constant(false), null]),
            "truncation": .any(of: [.one(of: ["auto", "disabled"]), null]),
            "max_tool_calls": Schema.integer().orNull, "prompt_cache_key": Schema.text.orNull,
            "safety_identifier": Schema.text.orNull,
            "metadata": Schema.open([:]).orNull, "user": Schema.text.orNull, "service_tier": Schema.text.orNull,
        ], required: ["model", "input"]
    ).example(["model": "demo", "input": "ping"])

    private static let functionTool = Schema.open(
        [
            "type": .constant("function"), "name": .string(1...64, pattern: "^[a-zA-Z0-9_-]+$"),
            "description": Schema.text.orNull, "parameters": Schema.open([:]).orNull,
            "strict": Schema.boolean.orNull,
        ], required: ["type", "name"])

    private static let textFormat = Schema.any(of: [
        .open(["type": .one(of: ["text", "json_object"])], required: ["type"]),
        .open(
            ["type": .constant("json_schema"), "name": .string(1...64), "schema": .open([:])],
            required: ["type", "name", "schema"]),
    ])

    private static let inputItem = Schema.any(of: [
        .open(
            [
                "type": .constant("message"), "role": .one(of: ["user", "system", "developer"]),
                "content": inputContent,
            ],
            required: ["role", "content"]),
        .open(
            ["type": .constant("message"), "role": .constant("assistant"), "content": outputContent],
            required: ["role", "content"]),
        .open(
            [
                "type": .constant("function_call"), "call_id": .string(1...256), "name": .string(1...64),
                "arguments": .text,
            ], required: ["type", "call_id", "name", "arguments"]),
        .open(
            ["type": .constant("function_call_output"), "call_id": .string(1...256), "output": inputContent],
            required: ["type", "call_id", "output"]),
        .open(
            ["type": .constant("reasoning"), "summary": .array(of: .open(["text": .text]))],
            required: ["type", "summary"]),
    ])

    private static let inputContent = Schema.any(of: [
        .text,
        .array(of: .open(["type": .constant("input_text"), "text": .text], required: ["type", "text"])),
    ])

    private static let outputContent = Schema.any(of: [
        .text,
        .array(of: .open(["type": .constant("output_text"), "text": .text], required: ["type", "text"])),
    ])

    static let response = Schema.row([
        "id": .text, "object": .constant("response"), "created_at": .count, "completed_at": Schema.count.orNull,
        "status": .one(of: ["in_progress", "completed", "incomplete", "failed"]), "background": .constant(false),
        "error": Schema.row(["code": .text, "message": .text]).orNull,
        "incomplete_details": Schema.row(["reason": .one(of: ["max_output_tokens", "content_filter"])]).orNull,
        "model": .text, "output": .array(of: outputItem), "instructions": Schema.text.orNull,
        "frequency_penalty": .number(), "presence_penalty": .number(), "top_logprobs": .count,
        "max_output_tokens": Schema.count.orNull, "max_tool_calls": Schema.integer().orNull, "metadata": .open([:]),
        "parallel_tool_calls": .boolean, "previous_response_id": null, "prompt_cache_key": Schema.text.orNull,
        "safety_identifier": Schema.text.orNull, "service_tier": .text,
        "reasoning": .row(["effort": .any, "summary": .any]),
        "store": .constant(false), "temperature": .number(), "text": .open([:]), "tool_choice": .any,
        "tools": .array(of: .open([:])), "top_p": .number(), "truncation": .constant("disabled"),
        "user": Schema.text.orNull, "usage": responseUsage.orNull,
    ])

    private static let responseUsage = Schema.row([
        "input_tokens": .count,
        "input_tokens_details": .row(["cached_tokens": .count, "cache_creation_tokens": .count]),
        "output_tokens": .count, "output_tokens_details": .row(["reasoning_tokens": .count]), "total_tokens": .count,
    ])

    private static let itemStatus = Schema.one(of: ["in_progress", "completed", "incomplete"])

    private static let outputItem = Schema.any(of: [
        .row([
            "id": .text, "type": .constant("message"), "status": itemStatus, "role": .constant("assistant"),
            "content": .array(
                of: .row([
                    "type": .constant("output_text"), "text": .text, "annotations": .array(of: .any),
                    "logprobs": .array(of: .any),
                ])),
        ]),
        .row(
            [
                "id": .text, "type": .constant("reasoning"),
                "summary": .array(of: .row(["type": .constant("summary_text"), "text": .text])),
                "encrypted_content": .text,
            ], optional: ["encrypted_content"]),
        .row([
            "id": .text, "type": .constant("function_call"), "status": itemStatus, "call_id": .text, "name": .text,
            "arguments": .text,
        ]),
    ])

    /// One event of a stream, see ``chatEvent``.
    static let responseEvent = Schema.open(
        [
            "event": .text,
            "data": Schema([
                "type": "string", "contentMediaType": "application/json",
                "contentSchema": .object(
                    Schema.open(["type": .text, "sequence_number": .count], required: ["type", "sequence_number"]).json),
            ]),
        ], required: ["event", "data"])
}

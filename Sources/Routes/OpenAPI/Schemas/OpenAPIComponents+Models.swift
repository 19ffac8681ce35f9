internal import Core

extension OpenAPIComponents {
    private static let head: [(String, Schema)] = [("id", .id), ("name", .text), ("provider", .text)]
    private static let prices: [(String, Schema)] = [
        ("multiple", .boolean), ("price_in", .money), ("price_out", .money),
        ("price_cache_read", Schema.money.orNull), ("price_cache_write", Schema.money.orNull),
        ("price_cache_write_1h", Schema.money.orNull),
        ("price_image", Schema.money.orNull.described("US dollars an image.")),
    ]
    /// What a provider or a platform needs; its members depend on which.
    private static let config = Schema.open([:]).described("Secrets are masked.")

    static let usableModel = head + prices
    static let model = head + [("config", config)] + prices + [("created_at", .time), ("updated_at", .time)]

    static let provider = Schema.row([
        "name": .text, "description": .text,
        "fields": .array(
            of: .row([
                "name": .text, "type": .one(of: ["string", "integer", "number", "boolean", "object", "array"]),
                "required": .boolean, "secret": .boolean, "description": .text,
            ])),
    ])

    private static let purpose = Schema.one(of: ModelPurpose.allCases.map(\.rawValue))

    /// What one tiny call came to.
    static let modelTest = Schema.any(of: [
        .row([
            "ok": .constant(true), "purpose": purpose, "answer": Schema.text.orNull,
            "dimensions": Schema.count.orNull, "images": Schema.count.orNull, "finish_reason": Schema.text.orNull,
            "tokens_in": Schema.count.orNull, "tokens_out": Schema.count.orNull,
            "first_byte_latency": Schema.count.orNull, "invocation_latency": .count,
        ]),
        .row([
            "ok": .constant(false), "purpose": purpose,
            "error": .row([
                "status": .integer(400...599), "code": .text, "message": .text, "detail": Schema.text.orNull,
            ]),
            "invocation_latency": .count,
        ]),
    ])

    /// What the platform says of a bot's credentials.
    static let webhookTest = Schema.row(
        [
            "ok": .boolean, "token_expires_in": Schema.count.described("Seconds."),
            "open_id": Schema.text.orNull.described("The bot's own id; null when the platform does not tell."),
            "error": .row(["code": Schema.integer().orNull, "message": .text]),
            "verified": Schema.boolean.described("A token or key proves that events come from the platform."),
            "encrypted": .boolean, "latency": .count,
        ], optional: ["token_expires_in", "open_id", "error"])

    static let webhookEvent = Schema.row([
        "event_id": .text, "chat_id": .text, "state": .one(of: BotEventRecord.State.allCases.map(\.rawValue)),
        "attempts": .count, "reason": Schema.text.orNull, "created_at": .time, "updated_at": .time,
    ])

    static let webhook = Schema.row([
        "id": .id, "name": .text, "platform": .constant("feishu"), "config": config,
        "callback": Schema.text.described("The path that the platform is to call."), "created_at": .time,
        "updated_at": .time,
    ])
}

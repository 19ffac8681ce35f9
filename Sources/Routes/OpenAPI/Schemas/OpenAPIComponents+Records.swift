internal import Core

extension OpenAPIComponents {
    static let session = Schema.row([
        "id": .id, "key": Schema.text.described("The Session-Id as it was sent."), "title": .text, "key_id": .id,
        "key_name": .text, "total_in_tokens": .count, "total_out_tokens": .count, "total_fee": .money,
        "thread_count": .count, "created_at": .time, "updated_at": .time,
    ])

    static let thread: [(String, Schema)] = called + used + ended

    private static let called: [(String, Schema)] = [
        ("id", .id), ("request_id", .text), ("session_id", Schema.id.orNull), ("key_id", .id), ("key_name", .text),
        ("model", .text), ("provider", .text), ("prompt", .text), ("completion", .text), ("reasoning", .text),
        ("tool_calls", Schema.array(of: .open([:])).orNull),
    ]

    private static let used: [(String, Schema)] = [
        ("tokens_in", .count), ("tokens_out", .count), ("tokens_cache_read", .count), ("tokens_cache_write", .count),
        ("price_in", .money), ("price_out", .money), ("fee", .money), ("fee_balance", .money), ("estimated", .boolean),
    ]

    private static let ended: [(String, Schema)] = [
        ("status", .one(of: ["ok", "error", "cancelled", "truncated"])), ("error_code", Schema.text.orNull),
        ("finish_reason", Schema.text.orNull), ("stream", .boolean), ("first_byte_latency", Schema.count.orNull),
        ("invocation_latency", .count), ("created_at", .time),
    ]

    static let threadDetail: [(String, Schema)] = [
        ("whole_prompt", wholePrompt), ("images", .count), ("price_image", Schema.money.orNull),
    ]

    private static let wholePrompt = Schema.array(of: .open([:])).orNull.described(
        "The messages as they were sent; null when texts are not recorded.")

    static let attempts = Schema.array(
        of: .row([
            "model": .text, "provider": .text, "region": Schema.text.orNull,
            "status": Schema.count.described("200 once the answer began, else the gateway's status for the failure."),
            "code": Schema.text.orNull,
            "latency": Schema.count.described("Milliseconds to the first piece or failure."),
        ])
    ).described("What was tried to have the call answered, in order. Empty for calls that no provider was asked for.")

    private static let totals: [(String, Schema)] = [
        ("calls", .count), ("errors", .count), ("tokens_in", .count), ("tokens_out", .count),
        ("tokens_cache_read", .count), ("tokens_cache_write", .count), ("fee", .money),
    ]

    /// Begins with what the calls are put together by.
    static let usage = Schema.any(of: [
        .row([("day", Schema(["type": "string", "format": "date"]))] + totals),
        .row([("model", .text)] + totals),
        .row([("key_id", .id), ("key_name", .text)] + totals),
    ])

    static let siteTotals = Schema.row(
        [
            ("keys", .count), ("keys_in_force", .count), ("groups", .count), ("models", .count), ("sessions", .count),
        ] + totals + [("month_fee", .money)])

    static let latencySummary = Schema.row([
        ("calls", .count), ("first_byte_latency", percentiles), ("invocation_latency", percentiles),
    ])
    /// Of milliseconds.
    private static let percentiles = Schema.row([("p50", .count), ("p99", .count)]).orNull
}

internal import Core

extension ThreadRecord {
    private static let columns = [
        "id", "created_at", "request_id", "session_id", "key_id", "key_name", "model", "provider", "status",
        "error_code", "finish_reason", "stream", "estimated", "tokens_in", "tokens_out", "tokens_cache_read",
        "tokens_cache_write", "price_in", "price_out", "fee", "fee_balance", "first_byte_latency",
        "invocation_latency", "prompt", "completion", "reasoning", "tool_calls",
    ]

    static var csvHeader: [UInt8] { Array((columns.joined(separator: ",") + "\r\n").utf8) }

    /// The record as a row under ``csvHeader``.
    var csv: [UInt8] {
        let usage = call.usage
        return CSVWriter.line([
            .number(id.rawValue), .text(createdAt.iso8601), .text(requestID),
            sessionID.map { .number($0.rawValue) } ?? .empty, .number(keyID.rawValue), .text(keyName),
            .text(call.model), .text(call.provider), .text(call.status.rawValue),
            call.errorCode.map { .text($0) } ?? .empty, call.finishReason.map { .text($0) } ?? .empty,
            .number(call.isStream ? "true" : "false"), .number(call.isEstimated ? "true" : "false"),
            .number(usage.input), .number(usage.output), .number(usage.cacheRead),
            .number(usage.cacheWrite + usage.cacheWriteOneHour), .number(call.prices.input.dollars),
            .number(call.prices.output.dollars), .number(call.fee.dollars), .number(feeBalance.dollars),
            call.firstByteLatency.map { .number($0) } ?? .empty, .number(call.invocationLatency), .text(call.prompt),
            .text(call.completion), .text(call.reasoning), .text(call.toolCalls),
        ])
    }
}

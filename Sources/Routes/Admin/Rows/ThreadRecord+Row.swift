internal import Core

extension ThreadRecord {
    /// The columns that a list of threads can be ordered by.
    static let sortable = [
        "id", "key_name", "model", "provider", "status", "tokens_in", "tokens_out", "fee", "first_byte_latency",
        "invocation_latency", "created_at",
    ]

    /// The record as lists show it. The four counts of tokens are disjoint, each with a price of its own, so that
    /// `tokens_in` has no cached ones in it.
    var row: JSONValue { .object(members) }

    /// The row with the messages as they were sent, `null` when texts are not recorded; and the images that were made.
    var detail: JSONValue {
        var row = members
        row["whole_prompt"] = call.wholePrompt.isEmpty ? .null : (try? JSONParser.parse(call.wholePrompt)) ?? .null
        row["images"] = .int(call.usage.images)
        row["price_image"] = .optional(call.prices.image)
        return .object(row)
    }

    /// The detail with what was tried to have the call answered, which is the operator's affair.
    var detailForAdmin: JSONValue {
        guard case .object(var row) = detail else { return detail }
        row["attempts"] = .array(call.attempts.map(\.json))
        return .object(row)
    }

    private var members: JSONObject {
        [
            "id": id.json, "request_id": .string(requestID), "session_id": sessionID?.json ?? .null,
            "key_id": keyID.json, "key_name": .string(keyName), "model": .string(call.model),
            "provider": .string(call.provider), "prompt": .string(call.prompt), "completion": .string(call.completion),
            "reasoning": .string(call.reasoning), "tool_calls": toolCalls, "tokens_in": .int(call.usage.input),
            "tokens_out": .int(call.usage.output), "tokens_cache_read": .int(call.usage.cacheRead),
            "tokens_cache_write": .int(call.usage.cacheWrite + call.usage.cacheWriteOneHour),
            "price_in": call.prices.input.json, "price_out": call.prices.output.json, "fee": call.fee.json,
            "fee_balance": feeBalance.json, "estimated": .bool(call.isEstimated),
            "status": .string(call.status.rawValue), "error_code": .optional(call.errorCode),
            "finish_reason": .optional(call.finishReason), "stream": .bool(call.isStream),
            "first_byte_latency": .optional(call.firstByteLatency), "invocation_latency": .int(call.invocationLatency),
            "created_at": .string(createdAt.iso8601),
        ]
    }

    /// OpenAI's array; `null` when the model called no tool.
    private var toolCalls: JSONValue {
        if call.toolCalls.isEmpty { return .null }
        return (try? JSONParser.parse(call.toolCalls)) ?? .null
    }
}

extension SessionRecord {
    /// The columns that a list of sessions can be ordered by.
    static let sortable = [
        "id", "title", "key_name", "total_in_tokens", "total_out_tokens", "total_fee", "thread_count", "created_at",
        "updated_at",
    ]

    var row: JSONValue {
        [
            "id": id.json, "key": .string(key), "title": .string(title), "key_id": keyID.json,
            "key_name": .string(keyName), "total_in_tokens": .int(totalInTokens),
            "total_out_tokens": .int(totalOutTokens), "total_fee": totalFee.json, "thread_count": .int(threadCount),
            "created_at": .string(createdAt.iso8601), "updated_at": .string(updatedAt.iso8601),
        ]
    }
}

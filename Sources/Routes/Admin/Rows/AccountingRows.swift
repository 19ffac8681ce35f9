internal import Core

extension PaymentRecord {
    /// The columns that a list of payments can be ordered by.
    static let sortable = ["id", "key_name", "amount", "created_at"]

    var row: JSONValue {
        [
            "id": .int(id), "key_id": keyID.json, "key_name": .string(keyName), "amount": amount.json,
            "balance_after": balanceAfter.json, "note": .string(note), "operator": .string(author.name),
            "created_at": .string(createdAt.iso8601),
        ]
    }
}

extension AuditRecord {
    /// The columns that the audit can be ordered by.
    static let sortable = ["id", "operator", "action", "subject", "created_at"]

    /// `operator_id` is `null` for the command line.
    var row: JSONValue {
        [
            "id": .int(id), "operator_id": author.keyID?.json ?? .null, "operator": .string(author.name),
            "action": .string(action), "subject": .string(subject),
            "changes": (try? JSONParser.parse(changes)) ?? .null, "created_at": .string(createdAt.iso8601),
        ]
    }
}

extension UsageTotals {
    var members: JSONObject {
        [
            "calls": .int(calls), "errors": .int(errors), "tokens_in": .int(tokensIn), "tokens_out": .int(tokensOut),
            "tokens_cache_read": .int(tokensCacheRead), "tokens_cache_write": .int(tokensCacheWrite), "fee": fee.json,
        ]
    }
}

extension UsageRecord {
    /// What usage can be ordered by, besides `group`, whose name in the interface is the grouping's.
    static let sortable = [
        "calls", "errors", "tokens_in", "tokens_out", "tokens_cache_read", "tokens_cache_write", "fee",
    ]

    var row: JSONValue {
        var row: JSONObject =
            switch group {
            case .day(let date): ["day": .string(date.text)]
            case .model(let name): ["model": .string(name)]
            case .key(let id, let name): ["key_id": id.json, "key_name": .string(name)]
            }
        for member in totals.members.members { row[member.name] = member.value }
        return .object(row)
    }
}

extension SiteTotals {
    var row: JSONValue {
        var row: JSONObject = [
            "keys": .int(keys), "keys_in_force": .int(keysInForce), "groups": .int(groups), "models": .int(models),
            "sessions": .int(sessions),
        ]
        for member in usage.members.members { row[member.name] = member.value }
        row["month_fee"] = monthFee.json
        return .object(row)
    }
}

extension LatencySummary {
    /// `null` instead of percentiles where no call got an answer.
    var row: JSONValue {
        [
            "calls": .int(calls), "first_byte_latency": firstByte?.row ?? .null,
            "invocation_latency": invocation?.row ?? .null,
        ]
    }
}

extension LatencySummary.Percentiles {
    fileprivate var row: JSONValue { ["p50": .int(p50), "p99": .int(p99)] }
}

extension CivilDate {
    /// `2026-11-21`.
    fileprivate var text: String {
        let month = month < 10 ? "0\(month)" : "\(month)"
        return "\(year)-\(month)-" + (day < 10 ? "0\(day)" : "\(day)")
    }
}

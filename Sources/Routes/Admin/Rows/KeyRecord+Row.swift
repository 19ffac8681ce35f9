internal import Core

extension KeyRecord {
    /// The columns that a list of keys can be ordered by.
    static let sortable = [
        "id", "name", "email", "role", "group_name", "month_quota", "month_fee", "balance", "total_fee", "expires_at",
        "last_used_at", "created_at", "updated_at",
    ]

    /// The key as the management interface shows it.
    var row: JSONObject {
        [
            "id": id.json, "name": .string(name), "email": .string(email), "role": .string(role.rawValue),
            "group_id": groupID?.json ?? .null, "group_name": .optional(groupName), "api_key": .string(maskedKey),
            "month_quota": .optional(monthQuota), "month_fee": monthFee.json, "balance": balance.json,
            "total_fee": totalFee.json, "rpm": .int(requestsPerMinute), "tpm": .int(tokensPerMinute),
            "max_parallel": .int(maxParallel), "strict": .bool(isStrict), "disabled": .bool(isDisabled),
            "expires_at": .optional(expiresAt), "last_used_at": .optional(lastUsedAt),
            "created_at": .string(createdAt.iso8601), "updated_at": .string(updatedAt.iso8601),
        ]
    }

    /// The row with what only a detail shows.
    var detail: JSONObject {
        var row = row
        row["record_text"] = .bool(recordsText)
        return row
    }

    /// The row with the key's text instead of its masked form; for the answer that creates the key.
    func row(showing key: APIKey) -> JSONObject {
        var row = row
        row["api_key"] = .string(key.text)
        return row
    }
}

extension JSONValue {
    static func optional(_ value: Money?) -> JSONValue { value?.json ?? .null }
    static func optional(_ value: Timestamp?) -> JSONValue { .optional(value?.iso8601) }
}

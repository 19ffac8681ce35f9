/// The columns that each list can be ordered by (`order_by`), under the interface's names. A route refuses others.
package enum OrderColumns {
    package static let keys: Set<String> = [
        "id", "name", "email", "role", "group_name", "month_quota", "month_fee", "balance", "total_fee", "expires_at",
        "last_used_at", "created_at", "updated_at",
    ]
    package static let models: Set<String> = [
        "id", "name", "provider", "price_in", "price_out", "created_at", "updated_at",
    ]
    package static let groups: Set<String> = ["id", "name", "key", "key_count", "created_at", "updated_at"]
    package static let sessions: Set<String> = [
        "id", "title", "key_name", "total_in_tokens", "total_out_tokens", "total_fee", "thread_count", "created_at",
        "updated_at",
    ]
    package static let threads: Set<String> = [
        "id", "key_name", "model", "provider", "status", "tokens_in", "tokens_out", "fee", "first_byte_latency",
        "invocation_latency", "created_at",
    ]
    package static let payments: Set<String> = ["id", "key_name", "amount", "created_at"]
    package static let audit: Set<String> = ["id", "operator", "action", "subject", "created_at"]
    package static let webhooks: Set<String> = ["id", "name", "created_at", "updated_at"]
    /// Of usage in groups; `group` is the day, the model or the key's name.
    package static let usage: Set<String> = [
        "group", "calls", "errors", "tokens_in", "tokens_out", "tokens_cache_read", "tokens_cache_write", "fee",
    ]
}

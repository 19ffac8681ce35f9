internal import Core
internal import Providers

extension ModelRecord {
    /// The columns that a list of models can be ordered by.
    static let sortable = ["id", "name", "provider", "price_in", "price_out", "created_at", "updated_at"]

    /// The model as the management interface shows it, its secrets masked. A cache price that was not set is `null`.
    func row(_ providers: ProviderRegistry) -> JSONValue {
        [
            "id": id.json, "name": .string(name), "provider": .string(provider),
            "config": .object(providers.masked(config, provider: provider)), "multiple": .bool(isMultimodal),
            "price_in": prices.input.json, "price_out": prices.output.json,
            "price_cache_read": .optional(prices.cacheRead), "price_cache_write": .optional(prices.cacheWrite),
            "price_cache_write_1h": .optional(prices.cacheWriteOneHour), "price_image": .optional(prices.image),
            "created_at": .string(createdAt.iso8601), "updated_at": .string(updatedAt.iso8601),
        ]
    }

    /// The model as those see it who may use it: without its configuration.
    var publicRow: JSONValue {
        [
            "id": id.json, "name": .string(name), "provider": .string(provider), "multiple": .bool(isMultimodal),
            "price_in": prices.input.json, "price_out": prices.output.json,
            "price_cache_read": .optional(prices.cacheRead), "price_cache_write": .optional(prices.cacheWrite),
            "price_cache_write_1h": .optional(prices.cacheWriteOneHour), "price_image": .optional(prices.image),
        ]
    }
}

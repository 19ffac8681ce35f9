internal import Core

extension ModelRecord {
    /// The columns that a list of models can be ordered by.
    static let sortable = ["id", "name", "provider", "price_in", "price_out", "created_at", "updated_at"]

    /// The model as the management interface shows it, its secrets masked. A cache price that was not set is `null`.
    func row(_ providers: any ProviderCatalog) -> JSONValue {
        [
            "id": id.json, "name": .string(name), "provider": .string(provider),
            "config": .object(providers.masked(config, provider: provider)), "multiple": .bool(isMultimodal),
            "price_in": prices.input.json, "price_out": prices.output.json,
            "price_cache_read": .optional(prices.cacheRead), "price_cache_write": .optional(prices.cacheWrite),
            "price_cache_write_1h": .optional(prices.cacheWriteOneHour),
            "created_at": .string(createdAt.iso8601), "updated_at": .string(updatedAt.iso8601),
        ]
    }
}

extension ProviderDescription {
    var row: JSONValue {
        let fields = fields.map { field -> JSONValue in
            [
                "name": .string(field.name), "type": .string(field.kind.rawValue), "required": .bool(field.isRequired),
                "secret": .bool(field.isSecret), "description": .string(field.summary),
            ]
        }
        return ["name": .string(name), "description": .string(summary), "fields": .array(fields)]
    }
}

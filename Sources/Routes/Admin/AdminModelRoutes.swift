internal import Core
internal import EventLoop
internal import Providers

/// Models: `/admin/model/…`.
@LoopActor
enum AdminModelRoutes {
    nonisolated static let routes = [
        Route("GET", "/admin/model/list", .admin(list)),
        Route("POST", "/admin/model/save", .admin(save)),
        Route("POST", "/admin/model/delete", .admin(delete)),
        Route("GET", "/admin/model/detail/{id}", .admin(detail)),
        Route("GET", "/admin/model/list-providers", .admin(listProviders)),
    ]

    private nonisolated static let writable = [
        "id", "name", "provider", "config", "multiple", "price_in", "price_out", "price_cache_read",
        "price_cache_write", "price_cache_write_1h", "price_image",
    ]

    static func list(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page(orderedBy: ModelRecord.sortable)
        let filter = ModelFilter(text: try call.query.text("q"), provider: try call.query.text("provider"))
        let models = try await stored { try await call.services.stores.models.models(filter, page: page) }
        let rows = models.items.map { $0.row(call.services.providers) }
        return ManagementEnvelope.list(rows, total: models.total, page: page)
    }

    /// Creates without `id`, else changes the fields given. The reference sends a `group_id` that means nothing here.
    static func save(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let fields = try await call.fields(writable, ignored: ["group_id"])
        let record =
            if try fields.optional("id", { field throws(GatewayError) -> ModelID in try fields.id(field) }) != nil {
                try await update(fields, call)
            } else {
                try await create(fields, call)
            }
        return record.row(call.services.providers)
    }

    static func delete(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: ModelID = try await call.fields(["id"]).id("id")
        try await stored { try await call.services.stores.models.delete(id, by: call.author) }
        return true
    }

    static func detail(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await model(try call.pathID(), call).row(call.services.providers)
    }

    static func listProviders(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let rows = call.services.providers.descriptions.map(\.json)
        return ManagementEnvelope.list(all: rows, page: try call.query.page())
    }

    private static func create(_ fields: RequestFields, _ call: KeyedCall) async throws(GatewayError) -> ModelRecord {
        let name = try fields.name("name")
        let provider = try provider(fields, call)
        let given = try fields.optional("config", fields.json) ?? [:]
        let config = try call.services.providers.merged(given, over: [:], provider: provider)
        try call.services.providers.check(config, provider: provider)
        var prices = PriceList(
            input: try fields.optional("price_in", fields.amount) ?? .zero,
            output: try fields.optional("price_out", fields.amount) ?? .zero)
        prices.cacheRead = try fields.optional("price_cache_read", fields.amount)
        prices.cacheWrite = try fields.optional("price_cache_write", fields.amount)
        prices.cacheWriteOneHour = try fields.optional("price_cache_write_1h", fields.amount)
        prices.image = try fields.optional("price_image", fields.amount)
        let model = NewModel(
            name: name, provider: provider, config: config,
            isMultimodal: try fields.optional("multiple", fields.flag) ?? false, prices: prices)
        return try await stored { try await call.services.stores.models.create(model, by: call.author) }
    }

    private static func update(_ fields: RequestFields, _ call: KeyedCall) async throws(GatewayError) -> ModelRecord {
        let before = try await model(try fields.id("id"), call)
        var changes = ModelChanges()
        changes.name = try fields.change("name", fields.name)
        changes.isMultimodal = try fields.change("multiple", fields.flag)
        changes.priceInput = try fields.change("price_in", fields.amount)
        changes.priceOutput = try fields.change("price_out", fields.amount)
        changes.priceCacheRead = try fields.clearable("price_cache_read", fields.amount)
        changes.priceCacheWrite = try fields.clearable("price_cache_write", fields.amount)
        changes.priceCacheWriteOneHour = try fields.clearable("price_cache_write_1h", fields.amount)
        changes.priceImage = try fields.clearable("price_image", fields.amount)
        if fields.has("provider") || fields.has("config") {
            let provider = fields.has("provider") ? try provider(fields, call) : before.provider
            var config = before.config
            if fields.has("config") {
                config = try call.services.providers.merged(
                    try fields.json("config"), over: before.config, provider: provider)
                // The kept secrets are those of this version; a change in between must not lose its own.
                changes.baseVersion = before.version
            }
            try call.services.providers.check(config, provider: provider)
            changes.provider = .set(provider)
            changes.config = .set(config)
        }
        let final = changes
        return try await stored {
            try await call.services.stores.models.update(before.id, final, by: call.author)
        }
    }

    private static func model(_ id: ModelID, _ call: KeyedCall) async throws(GatewayError) -> ModelRecord {
        let model = try await stored { try call.services.stores.models.model(id) }
        guard let model else { throw GatewayError.storage(.notFound("model")) }
        return model
    }

    private static func provider(_ fields: RequestFields, _ call: KeyedCall) throws(GatewayError) -> String {
        let name = try fields.string("provider")
        return try call.services.providers.provider(named: name).name
    }
}

internal import Core
internal import EventLoop

/// Webhooks: `/admin/bot/feishu/…`, and the same under `/admin/bot-connector/…`.
@LoopActor
enum AdminWebhookRoutes {
    nonisolated static let bases = ["/admin/bot/feishu", "/admin/bot-connector"]
    nonisolated static let routes = bases.flatMap { base in
        [
            Route("GET", "\(base)/list", .admin(list)),
            Route("POST", "\(base)/save", .admin(save)),
            Route("POST", "\(base)/delete", .admin(delete)),
            Route("GET", "\(base)/detail/{id}", .admin(detail)),
            Route("GET", "\(base)/events/{id}", .admin(WebhookEventsRoute.list)),
        ]
    }

    static func list(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page(orderedBy: WebhookRecord.sortable)
        let text = try call.query.text("q")
        let webhooks = try await stored { try await call.services.stores.webhooks.webhooks(text: text, page: page) }
        return ManagementEnvelope.list(webhooks.items.map(\.row), total: webhooks.total, page: page)
    }

    static func detail(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        try await webhook(.id(try call.pathID()), call).row
    }

    static func delete(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: WebhookID = try await call.fields(["id"]).id("id")
        try await stored { try await call.services.stores.webhooks.deleteWebhook(id, by: call.author) }
        return true
    }

    /// Creates without `id`, else changes the fields given. The reference also updates with a bare configuration, whose
    /// `appId` names the webhook, and sends a `provider` that means nothing here.
    static func save(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let fields = try await call.fields(["id", "name", "config"] + WebhookConfig.names, ignored: ["provider"])
        let bare = fields.members(WebhookConfig.names)
        if !bare.isEmpty { return try await updateBare(bare, fields, call).row }
        guard let id = try fields.optional("id", { field throws(GatewayError) -> WebhookID in try fields.id(field) })
        else { return try await create(fields, call).row }
        let before = try await webhook(.id(id), call)
        let config = try fields.change("config", fields.json)
        return try await update(before, fields, config, call).row
    }

    private static func create(_ fields: RequestFields, _ call: KeyedCall) async throws(GatewayError) -> WebhookRecord {
        let name = try fields.pathName("name")
        let config = try WebhookConfig.merged(try fields.json("config"), over: [:])
        try WebhookConfig.check(config)
        return try await stored {
            try await call.services.stores.webhooks.createWebhook(name: name, config: config, by: call.author)
        }
    }

    /// What the bare configuration leaves out stays as it is.
    private static func updateBare(
        _ bare: JSONObject, _ fields: RequestFields, _ call: KeyedCall
    ) async throws(GatewayError) -> WebhookRecord {
        guard !fields.has("config") else {
            throw .invalid("Give either 'config' or its members, not both.", param: "config")
        }
        let target: WebhookTarget =
            fields.has("id") ? .id(try fields.id("id")) : .appID(try fields.string("appId"))
        let before = try await webhook(target, call)
        var config = before.config
        for member in bare.members { config[member.name] = member.value.isNull ? Optional.none : member.value }
        return try await update(before, fields, .set(config), call)
    }

    private static func update(
        _ before: WebhookRecord, _ fields: RequestFields, _ change: FieldChange<JSONObject>, _ call: KeyedCall
    ) async throws(GatewayError) -> WebhookRecord {
        let name = try fields.change("name", fields.pathName)
        var config = FieldChange<JSONObject>.keep
        if case .set(let new) = change {
            let merged = try WebhookConfig.merged(new, over: before.config)
            try WebhookConfig.check(merged)
            config = .set(merged)
        }
        let final = config
        return try await stored {
            try await call.services.stores.webhooks.updateWebhook(
                before.id, name: name, config: final, baseVersion: before.version, by: call.author)
        }
    }

    private static func webhook(_ target: WebhookTarget, _ call: KeyedCall) async throws(GatewayError) -> WebhookRecord
    {
        let webhook = try await stored { try await call.services.stores.webhooks.webhook(target) }
        if let webhook { return webhook }
        guard case .appID = target else { throw GatewayError.storage(.notFound("webhook")) }
        throw .notFound(
            "There is no webhook of this appId. To create one, send its name and config.", param: "appId")
    }
}

internal import Core
internal import EventLoop

/// Keys: `/admin/api-key/…`.
@LoopActor
enum AdminKeyRoutes {
    nonisolated static let routes = [
        Route("POST", "/admin/api-key/apply", .admin(apply)),
        Route("POST", "/admin/api-key/update", .admin(update)),
        Route("POST", "/admin/api-key/recharge", .admin(recharge)),
        Route("POST", "/admin/api-key/delete", .admin(delete)),
        Route("GET", "/admin/api-key/list", .admin(list)),
        Route("GET", "/admin/api-key/detail/{id}", .admin(detail)),
    ]

    private nonisolated static let writable = [
        "name", "group_id", "role", "email", "month_quota", "expires_at", "rpm", "tpm", "max_parallel", "strict",
        "record_text",
    ]

    /// Makes a key. Its text is in this answer and nowhere else.
    static func apply(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let fields = try await call.fields(writable + ["balance"])
        let role = try fields.optional("role", fields.role) ?? .user
        // Without a word on it, a user's key can spend nothing, and an administrator's is not limited.
        var quota: Money? = role == .admin ? nil : .zero
        if fields.has("month_quota") { quota = try fields.optional("month_quota", fields.amount) }
        let secret = APIKey.generate()
        var key = NewKey(
            hash: secret.hash, maskedKey: secret.masked, name: try fields.name("name"), monthQuota: quota)
        key.role = role
        key.email = try fields.optional("email", fields.email) ?? ""
        key.groupID = try fields.optional("group_id", fields.id)
        key.balance = try fields.optional("balance", fields.amount) ?? .zero
        key.requestsPerMinute = try fields.optional("rpm", fields.limit) ?? 0
        key.tokensPerMinute = try fields.optional("tpm", fields.limit) ?? 0
        key.maxParallel = try fields.optional("max_parallel", fields.limit) ?? 0
        key.isStrict = try fields.optional("strict", fields.bool) ?? false
        key.recordsText = try fields.optional("record_text", fields.bool) ?? true
        key.expiresAt = try fields.optional("expires_at", fields.time)
        let new = key
        let record = try await stored { try await call.services.stores.keys.create(new, by: call.author) }
        return .object(record.row(showing: secret))
    }

    static func update(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let fields = try await call.fields(
            ["id"] + writable + ["disabled"],
            remedies: ["balance": "A balance changes through /admin/api-key/recharge, which writes a payment."])
        let id: KeyID = try fields.id("id")
        let changes = try changes(fields)
        if id == call.key.id { try refuseLockingOut(changes, now: call.services.clock.now) }
        let record = try await stored {
            try await call.services.stores.keys.update(id, changes, by: call.author)
        }
        return .object(record.row)
    }

    static func recharge(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let fields = try await call.fields(["id", "api_key", "balance", "note", "adjust"])
        let target = try target(fields)
        let amount = try fields.money("balance")
        let isAdjustment = try fields.optional("adjust", fields.bool) ?? false
        guard amount != .zero else { throw .invalid("'balance' must not be 0.", param: "balance") }
        guard amount > .zero || isAdjustment else {
            throw .invalid(
                "'balance' is the amount to add, above 0. To take money off, send \"adjust\": true.", param: "balance")
        }
        let note = try fields.optional("note") { field throws(GatewayError) in
            try fields.note(field, maximum: 500)
        }
        let record = try await stored {
            try await call.services.stores.keys.recharge(target, amount: amount, note: note ?? "", by: call.author)
        }
        return .object(record.row)
    }

    static func delete(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: KeyID = try await call.fields(["id"]).id("id")
        guard id != call.key.id else {
            throw .conflict("A key cannot delete itself. Use another administrator's key.", param: "id")
        }
        try await stored { try await call.services.stores.keys.delete(id, by: call.author) }
        return true
    }

    static func list(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let query = call.query
        let page = try query.page(orderedBy: KeyRecord.sortable)
        let filter = KeyFilter(
            text: try query.text("q"), name: try query.text("name"), groupID: try query.id("group_id"),
            role: try query.role("role"))
        let keys = try await stored {
            try await call.services.stores.keys.keys(filter, page: page, month: call.services.clock.now.month)
        }
        return ManagementEnvelope.list(keys.items.map { .object($0.row) }, total: keys.total, page: page)
    }

    static func detail(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: KeyID = try call.pathID()
        let record = try await stored {
            try call.services.stores.keys.key(.id(id), month: call.services.clock.now.month)
        }
        guard let record else { throw GatewayError.storage(.notFound("key")) }
        return .object(record.detail)
    }

    private static func changes(_ fields: RequestFields) throws(GatewayError) -> KeyChanges {
        var changes = KeyChanges()
        changes.name = try fields.change("name", fields.name)
        changes.email = try fields.change("email", fields.email)
        changes.role = try fields.change("role", fields.role)
        changes.groupID = try fields.clearable("group_id", fields.id)
        changes.monthQuota = try fields.clearable("month_quota", fields.amount)
        changes.requestsPerMinute = try fields.change("rpm", fields.limit)
        changes.tokensPerMinute = try fields.change("tpm", fields.limit)
        changes.maxParallel = try fields.change("max_parallel", fields.limit)
        changes.isStrict = try fields.change("strict", fields.bool)
        changes.isDisabled = try fields.change("disabled", fields.bool)
        changes.recordsText = try fields.change("record_text", fields.bool)
        changes.expiresAt = try fields.clearable("expires_at", fields.time)
        return changes
    }

    /// The last administrator could otherwise shut everyone out with one call.
    private static func refuseLockingOut(_ changes: KeyChanges, now: Timestamp) throws(GatewayError) {
        let remedy = "Use another administrator's key."
        if case .set(true) = changes.isDisabled {
            throw .conflict("A key cannot disable itself. \(remedy)", param: "disabled")
        }
        if case .set(.user) = changes.role {
            throw .conflict("A key cannot take its own role of admin away. \(remedy)", param: "role")
        }
        if case .set(.some(let expiry)) = changes.expiresAt, expiry <= now {
            throw .conflict("A key cannot end its own validity. \(remedy)", param: "expires_at")
        }
    }

    private static func target(_ fields: RequestFields) throws(GatewayError) -> KeyTarget {
        switch (fields.has("id"), fields.has("api_key")) {
        case (true, false): return .id(try fields.id("id"))
        case (false, true):
            guard let key = APIKey(try fields.string("api_key")) else {
                throw .notFound("There is no such key.", param: "api_key")
            }
            return .hash(key.hash)
        case (true, true): throw .invalid("Give either 'id' or 'api_key', not both.", param: "api_key")
        case (false, false):
            throw .invalid("'id' or 'api_key' is required.", param: "id", code: "missing_field")
        }
    }
}

internal import Core
internal import EventLoop

/// Groups of keys: `/admin/group/…`.
@LoopActor
enum AdminGroupRoutes {
    nonisolated static let routes = [
        Route("GET", "/admin/group/list", .admin(list)),
        Route("POST", "/admin/group/save", .admin(save)),
        Route("POST", "/admin/group/delete", .admin(delete)),
        Route("GET", "/admin/group/detail/{id}", .admin(detail)),
    ]

    static func list(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page(orderedBy: GroupRecord.sortable)
        let text = try call.query.text("q")
        let groups = try await stored { try await call.services.stores.groups.groups(text: text, page: page) }
        return ManagementEnvelope.list(groups.items.map(\.row), total: groups.total, page: page)
    }

    static func save(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let fields = try await call.fields(["id", "name", "key"])
        let readKey = { (field: String) throws(GatewayError) -> String in try fields.note(field, maximum: 100) }
        let groups = call.services.stores.groups
        guard try fields.optional("id", { field throws(GatewayError) -> GroupID in try fields.id(field) }) != nil
        else {
            let name = try fields.name("name")
            let key = try fields.optional("key", readKey) ?? ""
            return try await stored { try await groups.create(name: name, key: key, by: call.author) }.row
        }
        let id: GroupID = try fields.id("id")
        let name = try fields.change("name", fields.name)
        let key = try fields.change("key", readKey)
        return try await stored { try await groups.update(id, name: name, key: key, by: call.author) }.row
    }

    static func delete(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let fields = try await call.fields(["id", "force"])
        let id: GroupID = try fields.id("id")
        let isForced = try fields.optional("force", fields.bool) ?? false
        try await stored {
            try await call.services.stores.groups.delete(id, detachingKeys: isForced, by: call.author)
        }
        return true
    }

    static func detail(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: GroupID = try call.pathID()
        let group = try await stored { try await call.services.stores.groups.group(id) }
        guard let group else { throw GatewayError.storage(.notFound("group")) }
        return group.row
    }
}

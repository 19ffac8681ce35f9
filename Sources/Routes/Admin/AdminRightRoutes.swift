internal import Core
internal import EventLoop

/// Who may use which model: the same four operations for groups and for keys.
@LoopActor
enum AdminRightRoutes {
    nonisolated static let routes = Holder.allCases.flatMap { holder in
        [
            Route(
                "GET", "\(holder.path)/list-model", .admin { call throws(GatewayError) in try await list(call, holder) }
            ),
            Route(
                "POST", "\(holder.path)/bind-model",
                .admin { call throws(GatewayError) in try await bind(call, holder) }),
            Route(
                "POST", "\(holder.path)/unbind-model",
                .admin { call throws(GatewayError) in try await unbind(call, holder) }),
            Route(
                "POST", "\(holder.path)/bind-or-unbind-model",
                .admin { call throws(GatewayError) in try await toggle(call, holder) }),
        ]
    }

    /// The kind of holder that a path speaks of.
    enum Holder: CaseIterable {
        case group
        case key

        var path: String {
            switch self {
            case .group: "/admin/group"
            case .key: "/admin/api-key"
            }
        }

        var field: String {
            switch self {
            case .group: "group_id"
            case .key: "key_id"
            }
        }
    }

    static func list(_ call: KeyedCall, _ holder: Holder) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page()
        let holder = try await existing(holder, call)
        let rights = try await stored { try await call.services.stores.rights.rights(of: holder) }
        return ManagementEnvelope.list(all: rights.map(\.row), page: page)
    }

    static func bind(_ call: KeyedCall, _ holder: Holder) async throws(GatewayError) -> JSONValue {
        let (model, holder) = try await pair(call, holder)
        _ = try await stored { try await call.services.stores.rights.grant(model, to: holder, by: call.author) }
        return true
    }

    static func unbind(_ call: KeyedCall, _ holder: Holder) async throws(GatewayError) -> JSONValue {
        let (model, holder) = try await pair(call, holder)
        _ = try await stored { try await call.services.stores.rights.revoke(model, from: holder, by: call.author) }
        return true
    }

    /// Takes the right away if there is one, else gives it.
    static func toggle(_ call: KeyedCall, _ holder: Holder) async throws(GatewayError) -> JSONValue {
        let (model, holder) = try await pair(call, holder)
        let isThere = try await stored {
            try await call.services.stores.rights.toggle(model, of: holder, by: call.author)
        }
        return isThere ? "created" : "deleted"
    }

    private static func pair(
        _ call: KeyedCall, _ holder: Holder
    ) async throws(GatewayError) -> (ModelID, RightHolder) {
        let fields = try await call.fields([holder.field, "model_id"])
        let model: ModelID = try fields.id("model_id")
        switch holder {
        case .group: return (model, .group(try fields.id(holder.field)))
        case .key: return (model, .key(try fields.id(holder.field)))
        }
    }

    /// The holder that a query names; 404 when there is none, which its empty list could not be told from.
    private static func existing(_ holder: Holder, _ call: KeyedCall) async throws(GatewayError) -> RightHolder {
        let stores = call.services.stores
        switch holder {
        case .group:
            let id: GroupID = try call.query.requiredID(holder.field)
            let group = try await stored { try await stores.groups.group(id) }
            guard group != nil else { throw GatewayError.storage(.notFound("group")) }
            return .group(id)
        case .key:
            let id: KeyID = try call.query.requiredID(holder.field)
            let month = call.services.clock.now.month
            let key = try await stored { try stores.keys.key(.id(id), month: month) }
            guard key != nil else { throw GatewayError.storage(.notFound("key")) }
            return .key(id)
        }
    }
}

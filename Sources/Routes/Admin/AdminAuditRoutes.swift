internal import Core
internal import EventLoop

/// Who changed what and when: `/admin/audit/…`.
@LoopActor
enum AdminAuditRoutes {
    nonisolated static let routes = [Route("GET", "/admin/audit/list", .admin(list))]

    static func list(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let query = call.query
        let page = try query.page(orderedBy: AuditRecord.sortable)
        var filter = AuditFilter()
        filter.text = try query.text("q")
        filter.action = try query.text("action")
        filter.subject = try query.text("subject")
        filter.operatorID = try query.id("operator_id")
        filter.from = try query.time("from")
        filter.to = try query.time("to")
        let final = filter
        let audit = try await stored { try await call.services.stores.audit.audit(final, page: page) }
        return ManagementEnvelope.list(audit.items.map(\.row), total: audit.total, page: page)
    }
}

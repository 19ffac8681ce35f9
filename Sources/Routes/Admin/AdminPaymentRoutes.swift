internal import Core
internal import EventLoop

/// The history of recharges: `/admin/payment/…`.
@LoopActor
enum AdminPaymentRoutes {
    nonisolated static let routes = [Route("GET", "/admin/payment/list", .admin(list))]

    static func list(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let page = try call.query.page(orderedBy: PaymentRecord.sortable)
        let key: KeyID? = try call.query.id("key_id")
        let payments = try await stored { try await call.services.stores.payments.payments(key: key, page: page) }
        return ManagementEnvelope.list(payments.items.map(\.row), total: payments.total, page: page)
    }
}

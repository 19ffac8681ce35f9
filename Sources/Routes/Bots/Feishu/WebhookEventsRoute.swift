internal import Core
internal import EventLoop

/// `GET …/events/{id}`: how the messages of the last 8 hours to a bot ended, without what was said.
@LoopActor
enum WebhookEventsRoute {
    static func list(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: WebhookID = try call.pathID()
        guard try await stored({ try await call.services.stores.webhooks.webhook(.id(id)) }) != nil else {
            throw GatewayError.storage(.notFound("webhook"))
        }
        let page = try call.query.page()
        var filter = BotEventFilter()
        filter.state = try state(call.query)
        filter.chatID = try call.query.text("chat_id")
        let final = filter
        let events = try await stored { try await call.services.stores.botEvents.botEvents(of: id, final, page: page) }
        return ManagementEnvelope.list(
            events.items.map(row), total: events.total, isCapped: events.isTotalCapped, page: page)
    }

    private static func state(_ query: ListQuery) throws(GatewayError) -> BotEventRecord.State? {
        guard let text = try query.text("state") else { return nil }
        guard let state = BotEventRecord.State(rawValue: text) else {
            let names = BotEventRecord.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("'state' must be one of \(names).", param: "state")
        }
        return state
    }

    private static func row(_ event: BotEventRecord) -> JSONValue {
        [
            "event_id": .string(event.eventID), "chat_id": .string(event.chatID),
            "state": .string(event.state.rawValue),
            "attempts": .int(event.attempts), "reason": .optional(event.reason),
            "created_at": .string(event.createdAt.iso8601), "updated_at": .string(event.updatedAt.iso8601),
        ]
    }
}

internal import Core
internal import EventLoop

/// `GET …/events/{id}`: how the last messages to a bot ended, without what was said.
@LoopActor
enum WebhookEventsRoute {
    static func list(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let id: WebhookID = try call.pathID()
        guard try await stored({ try await call.services.stores.webhooks.webhook(.id(id)) }) != nil else {
            throw GatewayError.storage(.notFound("webhook"))
        }
        let events = try await stored { try await call.services.stores.botEvents.recentEvents(of: id, limit: 200) }
        return .array(events.map(row))
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

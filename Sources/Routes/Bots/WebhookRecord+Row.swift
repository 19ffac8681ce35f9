internal import Core

extension WebhookRecord {
    /// The columns that a list of webhooks can be ordered by.
    static let sortable = ["id", "name", "created_at", "updated_at"]

    /// The webhook with its secrets masked, and the path that the platform is to call.
    var row: JSONValue {
        [
            "id": id.json, "name": .string(name), "platform": "feishu",
            "config": .object(WebhookConfig.masked(config)), "callback": .string("/bot/feishu/\(name)/webhook/event"),
            "created_at": .string(createdAt.iso8601), "updated_at": .string(updatedAt.iso8601),
        ]
    }
}

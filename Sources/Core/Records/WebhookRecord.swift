/// A chat platform's bot in front of a model, as configured.
package struct WebhookRecord: Sendable, Equatable {
    package var id: WebhookID
    /// Part of the URL that the platform calls.
    package var name: String
    /// Clear text; stored encrypted.
    package var config: JSONObject
    /// The platform's id of the bot, a member of `config`; no two webhooks share it.
    package var appID: String
    /// Grows with every change.
    package var version: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: WebhookID, name: String, config: JSONObject, appID: String, version: Int, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.config = config
        self.appID = appID
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Which webhook an operation means.
package enum WebhookTarget: Sendable, Equatable {
    case id(WebhookID)
    case name(String)
    case appID(String)
}

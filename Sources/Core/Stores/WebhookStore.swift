package import EventLoop

/// Bots of chat platforms. Look-ups, lists and writes behave as in ``KeyStore``.
@LoopActor
package protocol WebhookStore: Sendable {
    func webhook(_ target: WebhookTarget) async throws(StorageError) -> WebhookRecord?
    /// `text`: part of the name.
    func webhooks(text: String?, page: PageRequest) async throws(StorageError) -> Page<WebhookRecord>
    /// The configuration must name the bot by `appId`.
    func createWebhook(
        name: String, config: JSONObject, by operator: Operator
    ) async throws(StorageError) -> WebhookRecord
    /// `baseVersion`: the version that the configuration was made from; another one in the database is a conflict.
    func updateWebhook(
        _ id: WebhookID, name: FieldChange<String>, config: FieldChange<JSONObject>, baseVersion: Int,
        by operator: Operator
    ) async throws(StorageError) -> WebhookRecord
    func deleteWebhook(_ id: WebhookID, by operator: Operator) async throws(StorageError)
}

/// The secrets of all tables: configurations of models and of webhooks.
enum SealedSecrets {
    /// Names the keys that the database's secrets were sealed with. Empty when it holds none.
    static func keyIDs(on connection: Connection) throws(Failure) -> [String] {
        try ModelTable.secretKeyIDs(on: connection) + WebhookTable.secretKeyIDs(on: connection)
    }
}

internal import Core

/// The rows of webhooks.
enum WebhookTable {
    static let columns = "w.id, w.name, w.app_id, w.version, w.created_at, w.updated_at, w.config_key, w.config"
    static let source = "webhooks w"
    static let orders = [
        "id": "w.id", "name": "w.name", "created_at": "w.created_at", "updated_at": "w.updated_at",
    ]

    /// A row with its configuration still sealed.
    struct Stored: Sendable {
        var record: WebhookRecord
        var config: SecretBox.Sealed

        func opened(with secrets: SecretBox) throws(Failure) -> WebhookRecord {
            var record = record
            let bytes = try secrets.open(config, at: WebhookTable.place(of: record.id))
            guard let object = (try? JSONParser.parse(bytes))?.object else {
                throw .unavailable("the configuration of webhook \(record.id) is no JSON object")
            }
            record.config = object
            return record
        }
    }

    private static let byID = SQL("SELECT \(columns) FROM \(source) WHERE w.id = ?")
    private static let byName = SQL("SELECT \(columns) FROM \(source) WHERE w.name = ?")
    private static let byAppID = SQL("SELECT \(columns) FROM \(source) WHERE w.app_id = ?")
    private static let nameTaken = SQL("SELECT 1 FROM webhooks WHERE name = ? AND id <> ?")
    private static let appTaken = SQL("SELECT 1 FROM webhooks WHERE app_id = ? AND id <> ?")
    private static let insert = SQL(
        """
        INSERT INTO webhooks (name, app_id, config, config_key, version, created_at, updated_at)
        VALUES (?, ?, ?, '', 0, ?, ?)
        """)
    private static let update = SQL(
        """
        UPDATE webhooks SET name = ?, app_id = ?, config = ?, config_key = ?, version = version + 1, updated_at = ?
        WHERE id = ?
        """)
    private static let delete = SQL("DELETE FROM webhooks WHERE id = ?")
    private static let sealedWith = SQL("SELECT DISTINCT config_key FROM webhooks")

    static func find(_ target: WebhookTarget, on connection: Connection) throws(Failure) -> Stored? {
        switch target {
        case .id(let id): try connection.first(byID, id, decode: decode)
        case .name(let name): try connection.first(byName, name, decode: decode)
        case .appID(let appID): try connection.first(byAppID, appID, decode: decode)
        }
    }

    static func require(_ id: WebhookID, on connection: Connection) throws(Failure) -> Stored {
        guard let stored = try find(.id(id), on: connection) else { throw .refused(.notFound("webhook")) }
        return stored
    }

    static func decode(_ row: inout Row) -> Stored {
        let record = WebhookRecord(
            id: row.id(), name: row.text(), config: [:], appID: row.text(), version: row.int(), createdAt: row.time(),
            updatedAt: row.time())
        return Stored(record: record, config: SecretBox.Sealed(keyID: row.text(), bytes: row.blob()))
    }

    /// Makes the row; the seal is bound to its number, so ``write(_:secrets:at:on:)`` must follow in the transaction.
    static func insert(
        name: String, appID: String, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> WebhookID {
        try demandFree(name: name, appID: appID, except: 0, on: connection)
        return try connection.insert(insert, name, appID, [UInt8](), time, time)
    }

    static func write(
        _ webhook: WebhookRecord, secrets: SecretBox, at time: Timestamp, on connection: Connection
    ) throws(Failure) {
        try demandFree(name: webhook.name, appID: webhook.appID, except: webhook.id.rawValue, on: connection)
        let sealed = try secrets.seal(JSONValue.object(webhook.config).serialized(), at: place(of: webhook.id))
        try connection.execute(update, webhook.name, webhook.appID, sealed.bytes, sealed.keyID, time, webhook.id)
    }

    static func delete(_ id: WebhookID, on connection: Connection) throws(Failure) {
        try connection.execute(delete, id)
    }

    /// The keys that configurations in this database were sealed with.
    static func secretKeyIDs(on connection: Connection) throws(Failure) -> [String] {
        try connection.all(sealedWith) { $0.text() }
    }

    private static func demandFree(
        name: String, appID: String, except id: Int64, on connection: Connection
    ) throws(Failure) {
        guard try !connection.exists(nameTaken, name, id) else {
            throw .refused(.conflict(field: "name", message: "There is a webhook of this name already."))
        }
        guard try !connection.exists(appTaken, appID, id) else {
            throw .refused(.conflict(field: "config.appId", message: "There is a webhook of this app already."))
        }
    }

    private static func place(of id: WebhookID) -> SecretBox.Place {
        SecretBox.Place(table: "webhooks", row: id.rawValue, column: "config")
    }
}

internal import Core

/// The rows of models.
enum ModelTable {
    /// What is read last is what may be left unread.
    static let columns = """
        m.id, m.name, m.provider, m.is_multimodal, m.price_in, m.price_out, m.price_cache_read, m.price_cache_write, \
        m.price_cache_write_1h, m.price_image, m.version, m.created_at, m.updated_at, m.config_key, m.config
        """
    static let source = "models m"
    static let orders = [
        "id": "m.id", "name": "m.name", "provider": "m.provider", "price_in": "m.price_in", "price_out": "m.price_out",
        "created_at": "m.created_at", "updated_at": "m.updated_at",
    ]

    /// A row with its configuration still sealed.
    struct Stored: Sendable {
        /// Its configuration is empty.
        var record: ModelRecord
        /// Nil when the reader knew the configuration of this version.
        var config: SecretBox.Sealed?

        func opened(with secrets: SecretBox) throws(Failure) -> ModelRecord {
            var record = record
            if let config { record.config = try ModelTable.open(config, of: record.id, with: secrets) }
            return record
        }
    }

    private static let byID = SQL("SELECT \(columns) FROM \(source) WHERE m.id = ?")
    private static let byName = SQL("SELECT \(columns) FROM \(source) WHERE m.name = ?")
    private static let byNameWithRight = SQL(
        """
        SELECT EXISTS (SELECT 1 FROM model_rights r
            WHERE (r.key_id = ? AND r.model_id = m.id) OR (r.group_id = ? AND r.model_id = m.id)), \(columns)
        FROM \(source) WHERE m.name = ?
        """)
    private static let usable = SQL(
        """
        SELECT \(columns) FROM \(source) WHERE m.id IN (
            SELECT model_id FROM model_rights WHERE key_id = ?
            UNION SELECT model_id FROM model_rights WHERE group_id = ?)
        ORDER BY m.name
        """)
    private static let present = SQL("SELECT 1 FROM models WHERE id = ?")
    private static let nameTaken = SQL("SELECT 1 FROM models WHERE name = ? AND id <> ?")
    private static let delete = SQL("DELETE FROM models WHERE id = ?")
    private static let sealedWith = SQL("SELECT DISTINCT config_key FROM models")

    static func find(
        _ id: ModelID, on connection: Connection, knows: (ModelRecord) -> Bool = { _ in false }
    ) throws(Failure) -> Stored? {
        try connection.first(byID, id) { decode(&$0, knows: knows) }
    }

    static func find(
        named name: String, on connection: Connection, knows: (ModelRecord) -> Bool = { _ in false }
    ) throws(Failure) -> Stored? {
        try connection.first(byName, name) { decode(&$0, knows: knows) }
    }

    /// `mayUse`: whether the key or the group has a right to the model, where there is one.
    static func find(
        named name: String, for key: KeyID, group: GroupID?, mayUse: inout Bool, on connection: Connection,
        knows: (ModelRecord) -> Bool
    ) throws(Failure) -> Stored? {
        var isAllowed = false
        defer { mayUse = isAllowed }
        return try connection.first(byNameWithRight, key, group, name) { row in
            isAllowed = row.bool()
            return decode(&row, knows: knows)
        }
    }

    static func require(_ id: ModelID, on connection: Connection) throws(Failure) -> Stored {
        guard let stored = try find(id, on: connection) else { throw .refused(.notFound("model")) }
        return stored
    }

    /// For a field that names a model.
    static func demand(_ id: ModelID, on connection: Connection) throws(Failure) {
        guard try connection.exists(present, id) else { throw .refused(.unknownReference(field: "model_id")) }
    }

    static func usable(
        by key: KeyID, group: GroupID?, on connection: Connection
    ) throws(Failure) -> [Stored] {
        try connection.all(usable, key, group) { decode(&$0) }
    }

    static func delete(_ id: ModelID, on connection: Connection) throws(Failure) {
        try connection.execute(delete, id)
    }

    /// The keys that configurations in this database were sealed with.
    static func secretKeyIDs(on connection: Connection) throws(Failure) -> [String] {
        try connection.all(sealedWith) { $0.text() }
    }

    static func decode(_ row: inout Row, knows: (ModelRecord) -> Bool = { _ in false }) -> Stored {
        let record = ModelRecord(
            id: row.id(), name: row.text(), provider: row.text(), config: [:], isMultimodal: row.bool(),
            prices: PriceList(
                input: row.money(), output: row.money(), cacheRead: row.optionalMoney(),
                cacheWrite: row.optionalMoney(), cacheWriteOneHour: row.optionalMoney(), image: row.optionalMoney()),
            version: row.int(), createdAt: row.time(), updatedAt: row.time())
        if knows(record) { return Stored(record: record, config: nil) }
        return Stored(record: record, config: SecretBox.Sealed(keyID: row.text(), bytes: row.blob()))
    }

    static func demandFree(_ name: String, except id: Int64, on connection: Connection) throws(Failure) {
        guard try !connection.exists(nameTaken, name, id) else {
            throw .refused(.conflict(field: "name", message: "There is a model of this name already."))
        }
    }

    private static func place(of id: ModelID) -> SecretBox.Place {
        SecretBox.Place(table: "models", row: id.rawValue, column: "config")
    }

    static func seal(
        _ config: JSONObject, of id: ModelID, with secrets: SecretBox
    ) throws(Failure) -> SecretBox.Sealed {
        try secrets.seal(JSONValue.object(config).serialized(), at: place(of: id))
    }

    static func open(
        _ config: SecretBox.Sealed, of id: ModelID, with secrets: SecretBox
    ) throws(Failure) -> JSONObject {
        let bytes = try secrets.open(config, at: place(of: id))
        guard let object = (try? JSONParser.parse(bytes))?.object else {
            throw .unavailable("the configuration of model \(id) is no JSON object")
        }
        return object
    }
}

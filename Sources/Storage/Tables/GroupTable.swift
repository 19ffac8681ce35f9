internal import Core

/// The rows of groups.
enum GroupTable {
    static let columns = """
        g.id, g.name, g.short_name, (SELECT COUNT(*) FROM api_keys k WHERE k.group_id = g.id), g.created_at, g.updated_at
        """
    static let source = "key_groups g"
    static let orders = [
        "id": "g.id", "name": "g.name", "key": "g.short_name",
        "key_count": "(SELECT COUNT(*) FROM api_keys k WHERE k.group_id = g.id)", "created_at": "g.created_at",
        "updated_at": "g.updated_at",
    ]

    private static let byID = SQL("SELECT \(columns) FROM \(source) WHERE g.id = ?")
    private static let present = SQL("SELECT 1 FROM key_groups WHERE id = ?")
    private static let nameTaken = SQL("SELECT 1 FROM key_groups WHERE name = ? AND id <> ?")
    private static let insert = SQL(
        "INSERT INTO key_groups (name, short_name, created_at, updated_at) VALUES (?, ?, ?, ?)")
    private static let update = SQL("UPDATE key_groups SET name = ?, short_name = ?, updated_at = ? WHERE id = ?")
    private static let detachKeys = SQL("UPDATE api_keys SET group_id = NULL, updated_at = ? WHERE group_id = ?")
    private static let delete = SQL("DELETE FROM key_groups WHERE id = ?")

    static func decode(_ row: inout Row) -> GroupRecord {
        GroupRecord(
            id: row.id(), name: row.text(), key: row.text(), keyCount: row.int(), createdAt: row.time(),
            updatedAt: row.time())
    }

    static func find(_ id: GroupID, on connection: Connection) throws(Failure) -> GroupRecord? {
        try connection.first(byID, id, decode: decode)
    }

    static func require(_ id: GroupID, on connection: Connection) throws(Failure) -> GroupRecord {
        guard let record = try find(id, on: connection) else { throw .refused(.notFound("group")) }
        return record
    }

    /// For a field that names a group.
    static func demand(_ id: GroupID, on connection: Connection) throws(Failure) {
        guard try connection.exists(present, id) else { throw .refused(.unknownReference(field: "group_id")) }
    }

    static func insert(
        name: String, key: String, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> GroupID {
        try demandFree(name, except: 0, on: connection)
        return try connection.insert(insert, name, key, time, time)
    }

    static func update(_ group: GroupRecord, at time: Timestamp, on connection: Connection) throws(Failure) {
        try demandFree(group.name, except: group.id.rawValue, on: connection)
        try connection.execute(update, group.name, group.key, time, group.id)
    }

    /// Its rights go with it; its keys stay without a group.
    static func delete(_ id: GroupID, at time: Timestamp, on connection: Connection) throws(Failure) {
        try connection.execute(detachKeys, time, id)
        try connection.execute(delete, id)
    }

    private static func demandFree(_ name: String, except id: Int64, on connection: Connection) throws(Failure) {
        guard try !connection.exists(nameTaken, name, id) else {
            throw .refused(.conflict(field: "name", message: "There is a group of this name already."))
        }
    }
}

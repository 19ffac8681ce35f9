internal import Core

/// Which groups and keys may use which models.
enum RightTable {
    private static let find = SQL(
        "SELECT 1 FROM model_rights WHERE model_id = ? AND (key_id = ? OR group_id = ?)")
    private static let insert = SQL(
        "INSERT INTO model_rights (model_id, key_id, group_id, created_at) VALUES (?, ?, ?, ?)")
    private static let delete = SQL("DELETE FROM model_rights WHERE model_id = ? AND (key_id = ? OR group_id = ?)")
    private static let list = SQL(
        """
        SELECT r.id, r.key_id, r.group_id, COALESCE(k.name, g.name), r.model_id, m.name, m.provider, r.created_at
        FROM model_rights r JOIN models m ON m.id = r.model_id LEFT JOIN api_keys k ON k.id = r.key_id
        LEFT JOIN key_groups g ON g.id = r.group_id
        WHERE r.key_id = ? OR r.group_id = ? ORDER BY r.id DESC
        """)

    /// Answers whether the right is new.
    static func grant(
        _ model: ModelID, to holder: RightHolder, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> Bool {
        try ModelTable.demand(model, on: connection)
        switch holder {
        case .group(let id): try GroupTable.demand(id, on: connection)
        case .key(let id): try KeyTable.demand(id, on: connection)
        }
        guard try !connection.exists(find, model, holder.keyID, holder.groupID) else { return false }
        try connection.execute(insert, model, holder.keyID, holder.groupID, time)
        return true
    }

    /// Answers whether there was such a right.
    static func revoke(
        _ model: ModelID, from holder: RightHolder, on connection: Connection
    ) throws(Failure) -> Bool {
        try connection.execute(delete, model, holder.keyID, holder.groupID)
        return connection.changes > 0
    }

    static func rights(of holder: RightHolder, on connection: Connection) throws(Failure) -> [RightRecord] {
        try connection.all(list, holder.keyID, holder.groupID) { row in
            let id = row.integer()
            row.skip()
            row.skip()
            return RightRecord(
                id: id, holder: holder, holderName: row.text(), modelID: row.id(), modelName: row.text(),
                provider: row.text(), createdAt: row.time())
        }
    }
}

extension RightHolder {
    var keyID: KeyID? { if case .key(let id) = self { id } else { nil } }
    var groupID: GroupID? { if case .group(let id) = self { id } else { nil } }

    /// How the audit names it: `group:3`.
    var subject: String {
        switch self {
        case .group(let id): "group:\(id)"
        case .key(let id): "key:\(id)"
        }
    }
}

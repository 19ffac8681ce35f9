internal import Core

extension GroupRecord {
    /// The columns that a list of groups can be ordered by.
    static let sortable = ["id", "name", "key", "key_count", "created_at", "updated_at"]

    var row: JSONValue {
        [
            "id": id.json, "name": .string(name), "key": .string(key), "key_count": .int(keyCount),
            "created_at": .string(createdAt.iso8601), "updated_at": .string(updatedAt.iso8601),
        ]
    }
}

extension RightRecord {
    /// A right with the id and name of the group or key that has it.
    var row: JSONValue {
        var row: JSONObject = [
            "id": .int(id), "model_id": modelID.json, "model_name": .string(modelName), "provider": .string(provider),
            "created_at": .string(createdAt.iso8601),
        ]
        switch holder {
        case .group(let id):
            row["group_id"] = id.json
            row["group_name"] = .string(holderName)
        case .key(let id):
            row["key_id"] = id.json
            row["key_name"] = .string(holderName)
        }
        return .object(row)
    }
}

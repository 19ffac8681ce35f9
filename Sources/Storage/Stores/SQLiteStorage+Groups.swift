package import Core

extension SQLiteStorage: GroupStore {
    package func group(_ id: GroupID) async throws(StorageError) -> GroupRecord? {
        try lookup { connection throws(Failure) in try GroupTable.find(id, on: connection) }
    }

    package func groups(text: String?, page: PageRequest) async throws(StorageError) -> Page<GroupRecord> {
        try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: GroupTable.columns, source: GroupTable.source, orders: GroupTable.orders, serial: "g.id")
            query.match(text: text, in: ["g.name"])
            return try query.run(on: connection, page, decode: GroupTable.decode)
        }
    }

    package func create(name: String, key: String, by operator: Operator) async throws(StorageError) -> GroupRecord {
        let now = clock.now
        return try await write { connection throws(Failure) in
            let id = try GroupTable.insert(name: name, key: key, at: now, on: connection)
            let noted: JSONObject = ["name": .string(name), "key": .string(key)]
            try AuditTable.record("group.create", "group:\(id)", noted, by: `operator`, at: now, on: connection)
            return try GroupTable.require(id, on: connection)
        }
    }

    package func update(
        _ id: GroupID, name: FieldChange<String>, key: FieldChange<String>, by operator: Operator
    ) async throws(StorageError) -> GroupRecord {
        let now = clock.now
        return try await write { connection throws(Failure) in
            var record = try GroupTable.require(id, on: connection)
            var noted = JSONObject()
            name.apply(to: &record.name, "name", noting: &noted) { .string($0) }
            key.apply(to: &record.key, "key", noting: &noted) { .string($0) }
            guard !noted.isEmpty else { return record }
            try GroupTable.update(record, at: now, on: connection)
            try AuditTable.record("group.update", "group:\(id)", noted, by: `operator`, at: now, on: connection)
            return try GroupTable.require(id, on: connection)
        }
    }

    package func delete(_ id: GroupID, detachingKeys: Bool, by operator: Operator) async throws(StorageError) {
        let now = clock.now
        try await write { connection throws(Failure) in
            let record = try GroupTable.require(id, on: connection)
            guard record.keyCount == 0 || detachingKeys else {
                let message = "The group has \(record.keyCount) keys. Move them, or send force: true."
                throw .refused(.conflict(field: "id", message: message))
            }
            try GroupTable.delete(id, at: now, on: connection)
            let noted: JSONObject = ["name": .string(record.name), "detached_keys": .int(record.keyCount)]
            try AuditTable.record("group.delete", "group:\(id)", noted, by: `operator`, at: now, on: connection)
        }
    }
}

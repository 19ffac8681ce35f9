package import Core

extension SQLiteStorage: RightStore {
    package func grant(
        _ model: ModelID, to holder: RightHolder, by operator: Operator
    ) async throws(StorageError) -> Bool {
        let now = clock.now
        return try await write { connection throws(Failure) in
            guard try RightTable.grant(model, to: holder, at: now, on: connection) else { return false }
            let noted: JSONObject = ["model_id": model.json]
            try AuditTable.record("right.grant", holder.subject, noted, by: `operator`, at: now, on: connection)
            return true
        }
    }

    package func revoke(
        _ model: ModelID, from holder: RightHolder, by operator: Operator
    ) async throws(StorageError) -> Bool {
        let now = clock.now
        return try await write { connection throws(Failure) in
            guard try RightTable.revoke(model, from: holder, on: connection) else { return false }
            let noted: JSONObject = ["model_id": model.json]
            try AuditTable.record("right.revoke", holder.subject, noted, by: `operator`, at: now, on: connection)
            return true
        }
    }

    package func toggle(
        _ model: ModelID, of holder: RightHolder, by operator: Operator
    ) async throws(StorageError) -> Bool {
        let now = clock.now
        return try await write { connection throws(Failure) in
            let wasThere = try RightTable.revoke(model, from: holder, on: connection)
            if !wasThere { _ = try RightTable.grant(model, to: holder, at: now, on: connection) }
            try AuditTable.record(
                wasThere ? "right.revoke" : "right.grant", holder.subject, ["model_id": model.json], by: `operator`,
                at: now, on: connection)
            return !wasThere
        }
    }

    package func rights(of holder: RightHolder) async throws(StorageError) -> [RightRecord] {
        try await scan { connection throws(Failure) in try RightTable.rights(of: holder, on: connection) }
    }
}

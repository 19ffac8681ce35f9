package import Core

extension SQLiteStorage: RecordStore {
    package func sessions(
        _ filter: SessionFilter, page: PageRequest
    ) async throws(StorageError) -> Page<SessionRecord> {
        try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: SessionTable.columns, source: SessionTable.source, orders: SessionTable.orders, serial: "s.id")
            query.match(text: filter.text, in: ["s.title"])
            query.match("s.key_id = ?", filter.keyID)
            return try query.run(on: connection, page, decode: SessionTable.decode)
        }
    }

    package func threads(_ filter: ThreadFilter, page: PageRequest) async throws(StorageError) -> Page<ThreadRecord> {
        try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: ThreadTable.columns, source: ThreadTable.source, orders: ThreadTable.orders, serial: "t.id")
            query.match(text: filter.text, in: ["t.prompt", "t.completion"])
            query.match("t.key_id = ?", filter.keyID)
            query.match("t.session_id = ?", filter.sessionID)
            query.match("t.model = ?", filter.model)
            query.match("t.created_at >= ?", filter.from)
            query.match("t.created_at < ?", filter.to)
            return try query.run(on: connection, page, decode: ThreadTable.decode)
        }
    }
}

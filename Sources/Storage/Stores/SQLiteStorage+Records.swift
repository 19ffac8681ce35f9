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

    /// Finds the page's rows by number first, so that neither sorting nor skipping moves their texts.
    package func threads(_ filter: ThreadFilter, page: PageRequest) async throws(StorageError) -> Page<ThreadRecord> {
        if let search = ThreadSearch(filter) { return try await self.page(of: search, page) }
        return try await scan { connection throws(Failure) in
            let found = try ThreadTable.numbers(filter, page, on: connection)
            return Page(
                items: try ThreadTable.rows(found.items, on: connection), total: found.total,
                isTotalCapped: found.isTotalCapped)
        }
    }

    package func threads(_ filter: ThreadFilter, before end: ThreadID?) async throws(StorageError) -> [ThreadRecord] {
        try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: ThreadTable.columns, source: ThreadTable.source, orders: ThreadTable.orders, serial: "t.id")
            query.match("t.id < ?", end)
            // The sign keeps SQLite from going by time, after which every piece would be sorted anew.
            query.match(filter, time: "+t.created_at")
            return try query.newest(500, bytes: 256 * 1024, on: connection, decode: ThreadTable.decode) {
                $0.call.prompt.utf8.count + $0.call.completion.utf8.count + $0.call.reasoning.utf8.count
                    + $0.call.toolCalls.utf8.count
            }
        }
    }

    package func session(_ id: SessionID) async throws(StorageError) -> SessionRecord? {
        try await scan { connection throws(Failure) in try SessionTable.find(id, on: connection) }
    }

    package func thread(_ id: ThreadID) async throws(StorageError) -> ThreadRecord? {
        try await scan { connection throws(Failure) in try ThreadTable.findWhole(id, on: connection) }
    }
}

extension ListQuery {
    fileprivate mutating func match(_ filter: ThreadFilter, time: String = "t.created_at") {
        match(text: filter.text, in: ["t.prompt", "t.completion"])
        match("t.key_id = ?", filter.keyID)
        match("t.session_id = ?", filter.sessionID)
        match("t.model = ?", filter.model)
        match("\(time) >= ?", filter.from)
        match("\(time) < ?", filter.to)
    }
}

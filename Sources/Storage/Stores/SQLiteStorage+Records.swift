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

    package func threads(
        _ filter: ThreadFilter, from cursor: inout ThreadCursor
    ) async throws(StorageError) -> [ThreadRecord] {
        let start = cursor
        let piece: ThreadPiece
        if let search = ThreadSearch(filter) {
            piece = try await scan { connection throws(Failure) in try search.piece(from: start, on: connection) }
        } else {
            piece = try await scan { connection throws(Failure) in
                try ThreadPiece(of: filter, from: start, on: connection)
            }
        }
        cursor = piece.rest
        return piece.threads
    }

    package func session(_ id: SessionID) async throws(StorageError) -> SessionRecord? {
        try await scan { connection throws(Failure) in try SessionTable.find(id, on: connection) }
    }

    package func thread(_ id: ThreadID) async throws(StorageError) -> ThreadRecord? {
        try await scan { connection throws(Failure) in try ThreadTable.findWhole(id, on: connection) }
    }
}

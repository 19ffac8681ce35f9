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
}

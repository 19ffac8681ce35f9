package import Core

extension SQLiteStorage {
    /// Indexes the next threads that wait for it; answers whether there were any. Safe to be called by several processes
    /// at once, though all but one work in vain.
    @discardableResult
    package func indexNextThreads() async throws(StorageError) -> Bool {
        let isBehind = try lookup { connection throws(Failure) in try SearchIndex.isBehind(on: connection) }
        guard isBehind else { return false }
        let batch = try await scan { connection throws(Failure) in try SearchIndex.nextBatch(on: connection) }
        guard let batch else { return false }
        try await write(.patient, changesCatalog: false) { connection throws(Failure) in
            try SearchIndex.write(batch, on: connection)
        }
        return true
    }

    /// The number of the newest thread of any process; 0 when there is none. A point look-up.
    func newestThread() throws(StorageError) -> Int64 {
        try lookup { connection throws(Failure) in try connection.first(SearchIndex.ends) { $0.integer() } } ?? 0
    }

    /// The page of what a search finds, in any order that lists have.
    func page(
        of search: ThreadSearch, _ page: PageRequest
    ) async throws(StorageError) -> Page<ThreadRecord> {
        try await scan { connection throws(Failure) in
            let found = try search.find(on: connection)
            let ids = found.prefix(ThreadSearch.limit).map { $0 }
            let query = ListQuery(
                columns: "t.id", source: "json_each(?) j CROSS JOIN \(ThreadTable.source) ON t.id = j.value",
                orders: ThreadTable.orders, serial: "t.id", arguments: [ids.jsonText])
            let part: [ThreadID] =
                switch page.numberDirection(in: ThreadTable.orders, serial: "t.id") {
                case .newestFirst: page.part(of: ids)
                case .oldestFirst: page.part(of: ids.reversed())
                case nil: try query.part(page, on: connection) { $0.id() }
                }
            return Page(
                items: try ThreadTable.rows(part, on: connection), total: ids.count,
                isTotalCapped: found.count > ids.count)
        }
    }
}

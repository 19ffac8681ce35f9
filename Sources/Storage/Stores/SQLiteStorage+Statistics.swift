package import Core

extension SQLiteStorage: StatisticsStore {
    package func totals() async throws(StorageError) -> SiteTotals {
        let now = clock.now
        return try await sum { connection throws(Failure) in try UsageTable.totals(at: now, on: connection) }
    }

    package func usage(
        _ grouping: UsageGrouping, _ filter: UsageFilter, page: PageRequest
    ) async throws(StorageError) -> Page<UsageRecord> {
        try await sum { connection throws(Failure) in
            try UsageTable.usage(grouping, filter, page: page, on: connection)
        }
    }

    package func latency(_ key: KeyID?) async throws(StorageError) -> LatencySummary {
        try await sum { connection throws(Failure) in try LatencyTable.summary(key, on: connection) }
    }
}

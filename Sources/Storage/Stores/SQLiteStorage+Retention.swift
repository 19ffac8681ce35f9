package import Core

extension SQLiteStorage {
    /// What came of asking retention for its next batch.
    package enum RetentionStep: Sendable, Equatable {
        case removed(RetentionCount)
        /// Nothing is due.
        case done
        /// Another process was faster; what it did was not done again.
        case overtaken
    }

    /// Removes the next texts or records that are due, some hundred at most, in one short write. Safe to be called by
    /// several processes at once, though all but one work in vain.
    package func removeNextAged(_ policy: RetentionPolicy) async throws(StorageError) -> RetentionStep {
        if policy.keepsEverything { return .done }
        let now = clock.now
        let batch = try await scan { connection throws(Failure) in
            try Retention.nextBatch(policy, at: now, on: connection)
        }
        guard let batch else { return .done }
        let isWritten = try await write(.patient, changesCatalog: false) { connection throws(Failure) in
            try Retention.write(batch, on: connection)
        }
        guard isWritten else { return .overtaken }
        var count = RetentionCount()
        switch batch.work {
        case .records: count.records = batch.records.count
        case .texts: count.texts = batch.records.count { $0.hasText }
        }
        metrics?.add(.retentionRecords, count.records)
        metrics?.add(.retentionTexts, count.texts)
        return .removed(count)
    }

    /// Rewrites some of the index of threads without what was taken out of it; answers whether that was due. Safe to be
    /// called by several processes at once.
    package func mergeIndex() async throws(StorageError) -> Bool {
        guard try lookup({ connection throws(Failure) in try SearchMerge.isDue(on: connection) }) else { return false }
        try await write(.patient, changesCatalog: false) { connection throws(Failure) in
            try SearchMerge.step(on: connection)
        }
        return true
    }

    /// What is due now. Records without texts count too where their texts would be looked at.
    package func dueForRetention(_ policy: RetentionPolicy) async throws(StorageError) -> RetentionCount {
        let now = clock.now
        return try await scan { connection throws(Failure) in
            try Retention.due(policy, at: now, on: connection)
        }
    }
}

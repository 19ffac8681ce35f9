internal import Core

/// Takes texts out of records that are old enough, and records out of the database, the oldest first.
///
/// Only what is in the index of threads is touched: then the index can be told what it holds of them, and nobody who is
/// about to index a record has its texts in hand.
enum Retention {
    /// How far it has come.
    struct State: Sendable, Equatable {
        /// Grows with each batch.
        var batches: Int64
        /// The last call whose texts were looked at.
        var textTime: Timestamp
        var textID: ThreadID
    }

    /// What was due when it was read, and where retention stands when that is written.
    struct Batch: Sendable {
        enum Work: Sendable { case records, texts }

        let work: Work
        let before: State
        let after: State
        let records: [AgedRecord]
    }

    /// Records of a batch, and bytes of text after which it takes no more: a few milliseconds of the writer's time.
    static let batchRows = 100
    private static let batchBytes = 1024 * 1024
    private static let batchIndexedBytes = 32 * 1024

    private static let readState = SQL("SELECT batches, text_time, text_id FROM retention_state")
    private static let move = SQL(
        """
        UPDATE retention_state SET batches = ?, text_time = ?, text_id = ?, unmerged = unmerged + ? WHERE batches = ?
        """)

    /// The newest thread stays, so that its number is never given again.
    private static let agedRecords = """
        FROM threads INDEXED BY threads_usage WHERE created_at < ? AND id < (SELECT MAX(id) FROM threads)
        """
    private static let dueRecords = SQL("SELECT id \(agedRecords) ORDER BY created_at LIMIT \(batchRows)")
    private static let agedTexts = """
        FROM threads INDEXED BY threads_usage
        WHERE created_at >= ? AND created_at < ? AND (created_at > ? OR id > ?)
        """
    private static let dueTexts = SQL(
        "SELECT id \(agedTexts) ORDER BY created_at, id LIMIT \(batchRows)")

    static func state(on connection: Connection) throws(Failure) -> State {
        let state = try connection.first(readState) { row in
            State(batches: row.integer(), textTime: row.time(), textID: row.id())
        }
        guard let state else { throw .unavailable("retention_state has no row") }
        return state
    }

    /// What is due next. Nil when nothing is, or what is has yet to be indexed.
    static func nextBatch(
        _ policy: RetentionPolicy, at now: Timestamp, on connection: Connection
    ) throws(Failure) -> Batch? {
        let before = try state(on: connection)
        var after = before
        after.batches += 1
        if let end = policy.recordsEnd(at: now) {
            let due = try connection.all(dueRecords, end, decode: id)
            let records = try read(due, on: connection)
            if !records.isEmpty { return Batch(work: .records, before: before, after: after, records: records) }
        }
        if let end = policy.textsEnd(at: now) {
            let due = try connection.all(
                dueTexts, before.textTime, end, before.textTime, before.textID, decode: id)
            let records = try read(due, on: connection)
            if let last = records.last {
                after.textTime = last.createdAt
                after.textID = last.id
                return Batch(work: .texts, before: before, after: after, records: records)
            }
        }
        return nil
    }

    /// Does what a batch holds. False when the database has moved on since it was read: then it was left alone.
    static func write(_ batch: Batch, on connection: Connection) throws(Failure) -> Bool {
        let index = try SearchIndex.state(on: connection)
        guard batch.records.allSatisfy({ index.contains($0.id) }) else { return false }
        try connection.execute(
            move, batch.after.batches, batch.after.textTime, batch.after.textID, batch.records.count { $0.hasText },
            batch.before.batches)
        guard connection.changes == 1 else { return false }
        switch batch.work {
        case .records: try AgedRecord.remove(batch.records, on: connection)
        case .texts: for record in batch.records where record.hasText { try record.removeTexts(on: connection) }
        }
        return true
    }

    private static let countRecords = SQL("SELECT COUNT(*) \(agedRecords)")
    private static let countTexts = SQL("SELECT COUNT(*) \(agedTexts)")

    /// How many records are due, and how many others whose texts are.
    static func due(
        _ policy: RetentionPolicy, at now: Timestamp, on connection: Connection
    ) throws(Failure) -> RetentionCount {
        var count = RetentionCount()
        let state = try state(on: connection)
        let recordsEnd = policy.recordsEnd(at: now)
        if let recordsEnd { count.records = try connection.first(countRecords, recordsEnd) { $0.int() } ?? 0 }
        if let end = policy.textsEnd(at: now) {
            let begin = max(state.textTime, recordsEnd ?? state.textTime)
            count.texts = try connection.first(countTexts, begin, end, state.textTime, state.textID) { $0.int() } ?? 0
        }
        return count
    }

    private static func id(_ row: inout Row) -> ThreadID { row.id() }

    /// The records of a batch: as many of those that are due as the bounds allow, up to one that is not indexed.
    private static func read(_ due: [ThreadID], on connection: Connection) throws(Failure) -> [AgedRecord] {
        let index = try SearchIndex.state(on: connection)
        var records: [AgedRecord] = []
        var bytes = 0
        var indexedBytes = 0
        for id in due {
            guard index.contains(id), bytes < batchBytes, indexedBytes < batchIndexedBytes,
                let record = try AgedRecord.read(id, on: connection)
            else { break }
            records.append(record)
            bytes += record.bytes
            indexedBytes += record.indexed.utf8.count
        }
        return records
    }
}

extension SearchIndex.State {
    /// Whether what the index holds of a thread is what this program would write of it.
    fileprivate func contains(_ id: ThreadID) -> Bool {
        format == SearchDocument.format && oldest <= id.rawValue && id.rawValue <= newest
    }
}

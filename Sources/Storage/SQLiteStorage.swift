package import Core
package import EventLoop

/// Everything that Brook keeps, in one SQLite file.
///
/// Three ways in. Point look-ups run at once on the loop, from kept statements, and see what any process has committed.
/// Lists run on a reader thread, and statistics on another. Writes go to the writer's thread, which commits those that wait together.
///
/// When the file is gone, full or broken, operations throw ``StorageError/unavailable(_:)``; they work again as soon as
/// it does.
@LoopActor
package final class SQLiteStorage {
    let clock: any WallClock
    let holds: SharedHolds
    let secrets: SecretBox
    let metrics: (any MetricsRecorder)?
    nonisolated let path: String
    private let lookupRecheck: Duration
    private lazy var lookups = ConnectionSlot(path: path, for: .lookup, recheckInterval: lookupRecheck)
    private let reader: Reader
    /// For sums over all records, which take seconds where there are millions: no list should wait for them.
    private let sumReader: Reader
    private let writer: Writer
    private var configs = ModelConfigCache()
    lazy var cache = LookupCache(validity: lookupRecheck)
    private var isClosed = false

    nonisolated init(
        path: String, secrets: SecretBox, clock: any WallClock, metrics: (any MetricsRecorder)?, holds: SharedHolds,
        lookupRecheck: Duration
    ) {
        self.lookupRecheck = lookupRecheck
        self.clock = clock
        self.holds = holds
        self.secrets = secrets
        self.metrics = metrics
        self.path = path
        reader = Reader(path: path, for: .scan, name: "brook-reader")
        sumReader = Reader(path: path, for: .sums, name: "brook-sums")
        writer = Writer(path: path, metrics: metrics)
    }

    /// Waits until every write that was asked for is committed, then lets go of the file. Later operations throw.
    package func close() async {
        isClosed = true
        lookups.close()
        await reader.close()
        await sumReader.close()
        // Last, so that the copying of the log, which the last connection does, is not on the loop.
        await writer.close()
    }

    /// Runs a point look-up here and now.
    func lookup<Value>(_ body: (Connection) throws(Failure) -> Value) throws(StorageError) -> Value {
        do throws(Failure) {
            if isClosed { throw .unavailable("the storage is closed") }
            return try lookups.use(body)
        } catch { throw noting(error) }
    }

    /// Runs a list on the reader's thread.
    func scan<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(Failure) -> Value
    ) async throws(StorageError) -> Value {
        try await read(on: reader, body)
    }

    /// Sums records up, on a thread of its own.
    func sum<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(Failure) -> Value
    ) async throws(StorageError) -> Value {
        try await read(on: sumReader, body)
    }

    private func read<Value: Sendable>(
        on reader: Reader, _ body: @escaping @Sendable (Connection) throws(Failure) -> Value
    ) async throws(StorageError) -> Value {
        do throws(Failure) {
            if isClosed { throw .unavailable("the storage is closed") }
            return try await reader.perform(body)
        } catch { throw noting(error) }
    }

    /// Runs a write in the next transaction of its lane.
    ///
    /// - Parameter changesCatalog: whether look-ups of keys, models, groups and rights may find something else after it:
    ///   so all but the ledger's.
    /// - Parameter leavesAccountsOpen: whether it looks at no account but through ``Connection/accounts``.
    func write<Value: Sendable>(
        _ lane: Writer.Lane = .durable, changesCatalog: Bool = true, leavesAccountsOpen: Bool = false,
        _ body: @escaping @Sendable (Connection) throws(Failure) -> Value
    ) async throws(StorageError) -> Value {
        // Also after an error: the write may have been committed all the same.
        defer { if changesCatalog { holds.catalogChanged() } }
        do throws(Failure) {
            return try await writer.perform(lane, leavesAccountsOpen: leavesAccountsOpen, body)
        } catch { throw noting(error) }
    }

    /// Looks a model up, and opens its configuration unless that version was opened before.
    func lookupModel(
        _ find: (Connection, (ModelRecord) -> Bool) throws(Failure) -> ModelTable.Stored?
    ) throws(StorageError) -> ModelRecord? {
        try lookup { connection throws(Failure) in
            configs.adopt(generation: lookups.generation)
            guard let stored = try find(connection, { configs[$0] != nil }) else { return nil }
            if let config = configs[stored.record] {
                var record = stored.record
                record.config = config
                return record
            }
            let record = try stored.opened(with: secrets)
            configs.remember(record)
            return record
        }
    }

    private func noting(_ failure: Failure) -> StorageError {
        let error = failure.storageError
        if case .unavailable = error { metrics?.add(.storageErrors, 1) }
        return error
    }
}

extension SQLiteStorage: StorageHealth {
    package func check() async throws(StorageError) {
        _ = try lookup { connection throws(Failure) in try Schema.version(in: connection) }
        try await write(.unsynced, changesCatalog: false) { _ in }
    }

    package func size() throws(StorageError) -> DatabaseSize {
        let size = try lookup { connection throws(Failure) in try connection.size() }
        let log = (try? FileIdentity(path: path + "-wal"))?.size ?? 0
        return DatabaseSize(total: size.total, free: size.free, log: log)
    }
}

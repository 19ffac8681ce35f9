package import Core
package import EventLoop

/// What a database needs while it is used, and no request waits for: done by one process at a time, in small
/// transactions that take turns with the ledger's.
@LoopActor
package final class Upkeep {
    /// How long new threads may wait to be indexed.
    private static let interval = Duration.seconds(1)
    /// How long what has come of age may wait to be removed.
    private static let retentionInterval = Duration.seconds(60)
    /// How long to leave a database alone that could not do it.
    private static let pauseAfterFailure = Duration.seconds(10)
    /// Rests after a step, in times that it took: nobody waits for retention, and searches should find each thread soon,
    /// but never at the cost of calls.
    private static let restAfterIndexing = 1
    private static let restAfterIndexingWhileBusy = 15
    private static let restAfterRetention = 3

    private let storage: SQLiteStorage
    private let lock: UpkeepLock
    private var retentionIsDueAt: UInt64 = 0
    private var pace = LedgerPace()

    /// What is removed when. A change holds at once.
    package var retention: RetentionPolicy {
        didSet { if retention != oldValue { retentionIsDueAt = 0 } }
    }

    package init(_ storage: SQLiteStorage, retention: RetentionPolicy = RetentionPolicy()) {
        self.storage = storage
        self.retention = retention
        lock = UpkeepLock(database: storage.path)
    }

    /// Works until the task is cancelled.
    package func run() async {
        defer { lock.release() }
        while !Task.isCancelled {
            var pause = Self.interval
            do throws(StorageError) {
                if lock.isHeld() { try await work() }
            } catch { pause = Self.pauseAfterFailure }
            do { try await EventLoop.shared.sleep(for: pause) } catch { return }
        }
    }

    /// Removes all that is due now, with the rests that it takes while others serve. For a command: it does not wait for
    /// the process that has the lock, since no two can do the same batch.
    ///
    /// - Parameter progress: told after each batch what was removed so far.
    package func removeAged(_ progress: (RetentionCount) -> Void) async throws(StorageError) {
        defer { lock.release() }
        // So that a worker that starts meanwhile leaves it to us.
        _ = lock.isHeld()
        var sum = RetentionCount()
        while !Task.isCancelled {
            let began = ContinuousClock.now
            if try await storage.indexNextThreads() {
                guard await rest(Self.restAfterIndexing, since: began) else { return }
                continue
            }
            if try await storage.mergeIndex() {
                guard await rest(Self.restAfterRetention, since: began) else { return }
                continue
            }
            switch try await storage.removeNextAged(retention) {
            case .done: return
            case .overtaken: break
            case .removed(let count):
                sum.records += count.records
                sum.texts += count.texts
                progress(sum)
            }
            guard await rest(Self.restAfterRetention, since: began) else { return }
        }
    }

    /// Step after step until nothing waits.
    private func work() async throws(StorageError) {
        while !Task.isCancelled {
            let began = ContinuousClock.now
            if try await storage.indexNextThreads() {
                let isBusy = pace.isBusy(newest: try storage.newestThread(), now: EventLoop.shared.now)
                let times = isBusy ? Self.restAfterIndexingWhileBusy : Self.restAfterIndexing
                guard await rest(times, since: began) else { return }
            } else if try await storage.mergeIndex() {
                guard await rest(Self.restAfterRetention, since: began) else { return }
            } else if EventLoop.shared.now >= retentionIsDueAt {
                guard case .removed = try await storage.removeNextAged(retention) else {
                    retentionIsDueAt = EventLoop.shared.now + Self.retentionInterval.nanosecondsClamped
                    continue
                }
                guard await rest(Self.restAfterRetention, since: began) else { return }
            } else {
                return
            }
        }
    }

    /// So that the writer is the ledger's for most of the time. False when the task was cancelled.
    private func rest(_ times: Int, since began: ContinuousClock.Instant) async -> Bool {
        do {
            try await EventLoop.shared.sleep(for: (ContinuousClock.now - began) * times)
            return true
        } catch { return false }
    }
}

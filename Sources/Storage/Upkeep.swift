internal import Core
package import EventLoop

/// What a database needs while it is used, and no request waits for: done by one process at a time, in small
/// transactions that take turns with the ledger's.
@LoopActor
package final class Upkeep {
    /// How long new threads may wait to be indexed.
    private static let interval = Duration.seconds(1)
    /// How long to leave a database alone that could not do it.
    private static let pauseAfterFailure = Duration.seconds(10)

    private let storage: SQLiteStorage
    private let lock: UpkeepLock

    package init(_ storage: SQLiteStorage) {
        self.storage = storage
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

    /// Batch after batch until nothing waits, resting after each as long as it took, so that the writer is the ledger's
    /// at least half of the time.
    private func work() async throws(StorageError) {
        let clock = ContinuousClock()
        while !Task.isCancelled {
            let began = clock.now
            guard try await storage.indexNextThreads() else { return }
            do { try await EventLoop.shared.sleep(for: clock.now - began) } catch { return }
        }
    }
}

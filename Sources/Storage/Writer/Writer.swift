internal import CLinux
internal import Core
internal import EventLoop
internal import Synchronization

/// Group commit: one thread that takes every write that waits and commits them together.
///
/// A turn takes all that waits. Holds go first, as a transaction of their own that syncs nothing, and their callers
/// resume at once; then the durable writes, with one fsync for all. So an admission waits for commits before it, never
/// for an fsync on its own account. Each job runs in a savepoint, so that one's error leaves the others alone.
final class Writer: @unchecked Sendable {
    // `queue` guards itself. The slots, the lock and `nextCheckpoint` are touched only by `turns()`, which runs on
    // `thread`, one call at a time.

    enum Lane: Sendable {
        case admissions
        case durable
    }

    /// More waiting writes than this are refused: some seconds of full load, and a bound on memory.
    private static let capacity = 20_000
    /// A turn that lasts longer makes new writes fail at once instead of joining those that hang.
    private static let stuckAfter: UInt64 = 10_000_000_000
    /// Pages of write-ahead log (4 KiB each) after which they are copied into the database.
    private static let checkpointPages = 2000
    /// From here the copying keeps the other processes' writers out, so that the log can begin anew.
    private static let exclusiveCheckpointPages = 16_000

    private struct Queue {
        var admissions: [any WriteJob] = []
        var durable: [any WriteJob] = []
        var isRunning = false
        var turnBegan: UInt64 = 0
        var isClosed = false
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    private let queue = Mutex(Queue())
    private let thread = HelperPool(name: "brook-writer", threads: 1)
    private let metrics: (any MetricsRecorder)?
    private let lock: WriteLock
    private let admissions: ConnectionSlot
    private let durable: ConnectionSlot
    private var nextCheckpoint = Writer.checkpointPages

    init(path: String, metrics: (any MetricsRecorder)?) {
        self.metrics = metrics
        lock = WriteLock(database: path)
        admissions = ConnectionSlot(path: path, for: .admissions)
        durable = ConnectionSlot(path: path, for: .durable)
    }

    /// Runs `body` in the lane's next transaction; answers once that has committed.
    func perform<Value: Sendable>(
        _ lane: Lane, _ body: @escaping Write<Value>.Body
    ) async throws(Failure) -> Value {
        try await withCheckedContinuation { continuation in
            submit(Write(continuation, body), to: lane)
        }.get()
    }

    /// Ends the writer once all that waits is committed. Later writes fail.
    func close() async {
        await withCheckedContinuation { continuation in
            let mustStart = queue.withLock { queue in
                queue.isClosed = true
                queue.closing.append(continuation)
                defer { queue.isRunning = true }
                return !queue.isRunning
            }
            if mustStart { thread.submit { self.turns() } }
        }
    }

    private func submit(_ job: any WriteJob, to lane: Lane) {
        let now = brook_monotonic_ns()
        enum Verdict {
            case start, joined
            case refused(String)
        }
        let verdict: Verdict = queue.withLock { queue in
            if queue.isClosed { return .refused("the storage is closed") }
            if queue.admissions.count + queue.durable.count >= Self.capacity {
                return .refused("\(Self.capacity) writes are waiting")
            }
            if queue.isRunning, now > queue.turnBegan, now - queue.turnBegan > Self.stuckAfter {
                return .refused("the writer has not finished its commit for 10 seconds")
            }
            switch lane {
            case .admissions: queue.admissions.append(job)
            case .durable: queue.durable.append(job)
            }
            if queue.isRunning { return .joined }
            queue.isRunning = true
            queue.turnBegan = now
            return .start
        }
        switch verdict {
        case .joined: break
        case .start: thread.submit { self.turns() }
        case .refused(let reason):
            job.fail(.unavailable(reason))
            job.resume()
        }
    }

    /// Works until nothing waits.
    private func turns() {
        while true {
            let (holds, writes, closing) = queue.withLock { queue in
                let taken = (queue.admissions, queue.durable, queue.closing)
                queue.admissions = []
                queue.durable = []
                queue.closing = []
                queue.turnBegan = brook_monotonic_ns()
                queue.isRunning = !(taken.0.isEmpty && taken.1.isEmpty && taken.2.isEmpty)
                return taken
            }
            commit(holds, on: admissions)
            commit(writes, on: durable)
            if holds.isEmpty, writes.isEmpty {
                guard !closing.isEmpty else { return }
                admissions.close()
                durable.close()
                EventLoop.shared.post { for continuation in closing { continuation.resume() } }
            } else {
                checkpoint()
                if !closing.isEmpty { queue.withLock { $0.closing += closing } }
            }
        }
    }

    /// One transaction for all of `jobs`, and one wake-up of the loop for all who wait.
    private func commit(_ jobs: [any WriteJob], on slot: ConnectionSlot) {
        guard !jobs.isEmpty else { return }
        let began = brook_monotonic_ns()
        do throws(Failure) {
            try lock.holding { () throws(Failure) in
                try slot.use { connection throws(Failure) in
                    try connection.transaction(.write) { () throws(Failure) in
                        for job in jobs {
                            let failure = try connection.isolated { () throws(Failure) in try job.run(on: connection) }
                            if let failure { job.fail(failure) }
                        }
                    }
                }
            }
            metrics?.add(.ledgerCommits, 1)
            metrics?.add(.ledgerRows, jobs.count)
        } catch {
            let reason = Failure.refused(error.storageError)
            for job in jobs { job.fail(reason) }
        }
        metrics?.observe(.ledgerCommit, microseconds: Int((brook_monotonic_ns() - began) / 1000))
        EventLoop.shared.post { for job in jobs { job.resume() } }
    }

    /// Keeps the write-ahead log short. After the callers have resumed, because it syncs the database file.
    private func checkpoint() {
        // Trouble here is trouble for the next write, which reports it.
        try? durable.use { connection throws(Failure) in
            let pages = connection.logPages
            if pages < Self.checkpointPages { nextCheckpoint = Self.checkpointPages }
            guard pages >= nextCheckpoint else { return }
            if pages >= Self.exclusiveCheckpointPages {
                _ = try lock.holding { () throws(Failure) in try connection.checkpoint() }
            } else {
                _ = try connection.checkpoint()
            }
            nextCheckpoint = pages + Self.checkpointPages
        }
    }
}

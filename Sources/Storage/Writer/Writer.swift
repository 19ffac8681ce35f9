internal import CLinux
internal import Core
internal import EventLoop
internal import Synchronization

/// Group commit: one thread that takes every write that waits and commits them together.
///
/// A turn waits for the lock that keeps other processes' writers out, then takes all that waits by then and commits it
/// as one transaction. Then, without the lock, the log is synced, so that no process waits for another's fsync, and the
/// jobs resume. The thread is woken in the loop's next round, so that what one round asks for is one batch. A job's
/// error leaves the others alone: then the batch is rolled back and done again, each job in a savepoint, which costs
/// every job a copy of the pages it changes and is therefore not the first way.
final class Writer: @unchecked Sendable {
    // `queue` guards itself. The slot, the lock and `nextCheckpoint` are touched only by `turns()`, which runs on
    // `thread`, one call at a time.

    enum Lane: Sendable {
        /// Resumes once committed, without waiting for the disk: for what proves that the database takes writes.
        case unsynced
        case durable
        /// Durable too, but nobody notices a few milliseconds: the end of a stream that took seconds. Begins a turn
        /// only after ``patience``; a turn that something else begins takes it along.
        case patient
    }

    /// How long patient writes gather: five times fewer commits when a thousand streams end in a second.
    private static let patience = Duration.milliseconds(5)

    /// How long writes wait for others, and when new ones are refused at once instead of joining those that wait.
    struct Limits: Sendable {
        /// How long fewer writes wait than are worth a turn, see ``Queue/isWorthATurn``.
        var gathering: Duration = .milliseconds(1)
        /// Waiting writes: some seconds of full load, and a bound on memory.
        var capacity = 20_000
        /// How long one turn may last.
        var turn: Duration = .seconds(10)
    }

    /// Pages of write-ahead log (4 KiB each) after which they are copied into the database.
    private static let checkpointPages = 2000
    /// From here the copying keeps the other processes' writers out, so that the log can begin anew.
    private static let exclusiveCheckpointPages = 16_000

    private struct Queue {
        var unsynced: [any WriteJob] = []
        var durable: [any WriteJob] = []
        var isRunning = false
        /// When ``patience`` or ``Limits/gathering`` will be over and a turn begins, in the loop's nanoseconds; 0 when none is set.
        var due: UInt64 = 0
        /// Writes of the last turn.
        var lastTurn = 0
        var turnBegan: UInt64 = 0
        var isClosed = false
        var closing: [CheckedContinuation<Void, Never>] = []

        /// Whether enough writes wait to begin at once: half as many as the last turn had, for most of a commit's cost is its
        /// own. A lone write never waits for company, and what proves that the database takes writes waits for nothing.
        var isWorthATurn: Bool { isClosed || !unsynced.isEmpty || durable.count * 2 >= lastTurn }

        /// Whether a timer must be set so that a turn begins within `delay`.
        mutating func mustSetTimer(_ delay: Duration, at now: UInt64) -> Bool {
            let wanted = now + delay.nanosecondsClamped
            guard due == 0 || wanted < due else { return false }
            due = wanted
            return true
        }
    }

    /// What one turn commits.
    private struct Batch {
        let unsynced: [any WriteJob]
        let durable: [any WriteJob]
        var jobs: [any WriteJob] { unsynced + durable }
    }

    private let queue = Mutex(Queue())
    private let thread = HelperPool(name: "brook-writer", threads: 1, yieldsProcessor: true)
    private let metrics: (any MetricsRecorder)?
    private let limits: Limits
    private let lock: WriteLock
    private let slot: ConnectionSlot
    private let syncLog: @Sendable (Connection) throws(Failure) -> Void
    private var nextCheckpoint = Writer.checkpointPages

    /// `syncLog`: what makes a commit durable; a test puts a disk that fails in its place.
    init(
        path: String, metrics: (any MetricsRecorder)?, limits: Limits = Limits(),
        syncLog: @escaping @Sendable (Connection) throws(Failure) -> Void = { connection throws(Failure) in
            try connection.syncLog()
        }
    ) {
        self.syncLog = syncLog
        self.metrics = metrics
        self.limits = limits
        lock = WriteLock(database: path)
        slot = ConnectionSlot(path: path, for: .writes)
    }

    /// Runs `body` in the lane's next transaction; answers once that has committed and, unless the lane is
    /// ``Lane/unsynced``, is on the disk.
    func perform<Value: Sendable>(
        _ lane: Lane, leavesAccountsOpen: Bool = false, _ body: @escaping Write<Value>.Body
    ) async throws(Failure) -> Value {
        try await withCheckedContinuation { continuation in
            submit(Write(continuation, leavesAccountsOpen: leavesAccountsOpen, body), to: lane)
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
            case startLater(after: Duration)
            case refused(String)
        }
        let verdict: Verdict = queue.withLock { queue in
            if queue.isClosed { return .refused("the storage is closed") }
            if queue.unsynced.count + queue.durable.count >= limits.capacity {
                return .refused("\(limits.capacity) writes are waiting")
            }
            if queue.isRunning, now > queue.turnBegan, now - queue.turnBegan > limits.turn.nanosecondsClamped {
                return .refused("the writer has not finished its commit for \(limits.turn)")
            }
            switch lane {
            case .unsynced: queue.unsynced.append(job)
            case .durable, .patient: queue.durable.append(job)
            }
            if queue.isRunning { return .joined }
            if lane == .patient || !queue.isWorthATurn {
                let delay = lane == .patient ? Self.patience : limits.gathering
                return queue.mustSetTimer(delay, at: now) ? .startLater(after: delay) : .joined
            }
            queue.isRunning = true
            queue.turnBegan = now
            return .start
        }
        switch verdict {
        case .joined: break
        case .start: EventLoop.shared.post { self.thread.submit { self.turns() } }
        case .startLater(let delay): startLater(after: delay)
        case .refused(let reason):
            job.fail(.unavailable(reason))
            job.resume()
        }
    }

    private func startLater(after delay: Duration) {
        LoopActor.perform { EventLoop.shared.schedule(after: delay) { self.startGathered() } }
    }

    /// Begins a turn for writes that have gathered, unless another turn has taken them along.
    private func startGathered() {
        let mustStart = queue.withLock { queue in
            queue.due = 0
            guard !queue.isRunning, !queue.durable.isEmpty else { return false }
            // What has waited its time is worth a turn, however little it is.
            queue.lastTurn = 0
            queue.isRunning = true
            queue.turnBegan = brook_monotonic_ns()
            return true
        }
        if mustStart { thread.submit { self.turns() } }
    }

    /// Works until nothing waits.
    private func turns() {
        while beginTurn() {
            commit()
            checkpoint()
        }
    }

    /// Whether there is something to commit now; otherwise the thread rests, until more has gathered or a millisecond is
    /// over if something waits, and the storage closes if that is wanted.
    private func beginTurn() -> Bool {
        let (hasWork, mustWait, closing) = queue.withLock { queue in
            let isEmpty = queue.unsynced.isEmpty && queue.durable.isEmpty
            let now = brook_monotonic_ns()
            queue.turnBegan = now
            queue.isRunning = !isEmpty && queue.isWorthATurn
            let mustWait = !isEmpty && !queue.isRunning && queue.mustSetTimer(limits.gathering, at: now)
            defer { if isEmpty { queue.closing = [] } }
            return (queue.isRunning, mustWait, isEmpty ? queue.closing : [])
        }
        if hasWork { return true }
        if mustWait { startLater(after: limits.gathering) }
        if !closing.isEmpty {
            slot.close()
            EventLoop.shared.post { for continuation in closing { continuation.resume() } }
        }
        return false
    }

    private func take() -> Batch {
        queue.withLock { queue in
            defer {
                queue.lastTurn = queue.unsynced.count + queue.durable.count
                queue.unsynced = []
                queue.durable = []
            }
            return Batch(unsynced: queue.unsynced, durable: queue.durable)
        }
    }

    /// One transaction for all that waits, then one fsync for those that must be durable; one wake-up of the loop for
    /// each of the two kinds.
    private func commit() {
        let began = brook_monotonic_ns()
        var taken: Batch?
        // The log that is synced must be the one that was written, even if another file stands at the path by now.
        var committed: Connection?
        do throws(Failure) {
            try lock.holding { () throws(Failure) in
                // Taken only now: what came while another process wrote joins this turn.
                let batch = take()
                taken = batch
                try slot.use { connection throws(Failure) in
                    try run(batch.jobs, on: connection)
                    committed = connection
                }
            }
        } catch {
            let batch = taken ?? take()
            taken = batch
            fail(batch.jobs, error)
        }
        guard let batch = taken else { return }
        if committed != nil {
            metrics?.add(.ledgerCommits, 1)
            metrics?.add(.ledgerRows, batch.jobs.count)
        }
        resume(batch.unsynced)
        if let committed, !batch.durable.isEmpty {
            do throws(Failure) { try syncLog(committed) } catch { fail(batch.durable, error) }
            if committed.isBroken { slot.close() }
        }
        metrics?.observe(.ledgerCommit, microseconds: Int((brook_monotonic_ns() - began) / 1000))
        resume(batch.durable)
    }

    private func fail(_ jobs: [any WriteJob], _ error: Failure) {
        let reason = Failure.refused(error.storageError)
        for job in jobs { job.fail(reason) }
    }

    private func resume(_ jobs: [any WriteJob]) {
        if !jobs.isEmpty { EventLoop.shared.post { for job in jobs { job.resume() } } }
    }

    private func run(_ jobs: [any WriteJob], on connection: Connection) throws(Failure) {
        var isJobsFault = false
        do throws(Failure) {
            try connection.transaction(.write) { () throws(Failure) in
                for job in jobs {
                    if !job.leavesAccountsOpen { try connection.writeAccounts() }
                    do throws(Failure) { try job.run(on: connection) } catch {
                        isJobsFault = true
                        throw error
                    }
                }
            }
        } catch {
            guard isJobsFault, !connection.isBroken else { throw error }
            if jobs.count == 1 { jobs[0].fail(error) } else { try runApart(jobs, on: connection) }
        }
    }

    /// The same jobs anew, so that only the one that fails has failed.
    private func runApart(_ jobs: [any WriteJob], on connection: Connection) throws(Failure) {
        try connection.transaction(.write) { () throws(Failure) in
            for job in jobs {
                let failure = try connection.isolated { () throws(Failure) in try job.run(on: connection) }
                if let failure { job.fail(failure) }
            }
        }
    }

    /// Keeps the write-ahead log short. After the callers have resumed, because it syncs the database file.
    private func checkpoint() {
        // Trouble here is trouble for the next write, which reports it.
        try? slot.use { connection throws(Failure) in
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

internal import Core
internal import EventLoop

/// Whether the process can take work, found with at most one check of storage under way, however many ask: when storage
/// hangs, probes must not pile up behind it.
@LoopActor
final class Readiness: Sendable {
    enum State: String {
        case ready
        case draining
        case storageUnavailable = "storage_unavailable"
        case storageTimeout = "storage_timeout"
    }

    private nonisolated let health: any StorageHealth
    private nonisolated let lifecycle: Lifecycle
    private nonisolated let timeout: Duration
    private var isChecking = false
    private var waiting: [Int: CheckedContinuation<State, Never>] = [:]
    private var lastTicket = 0

    nonisolated init(health: any StorageHealth, lifecycle: Lifecycle, timeout: Duration) {
        self.health = health
        self.lifecycle = lifecycle
        self.timeout = timeout
    }

    func state() async -> State {
        guard !lifecycle.isDraining else { return .draining }
        lastTicket += 1
        let ticket = lastTicket
        let timer = EventLoop.shared.schedule(after: timeout) {
            self.waiting.removeValue(forKey: ticket)?.resume(returning: .storageTimeout)
        }
        let state = await withCheckedContinuation { continuation in
            waiting[ticket] = continuation
            if !isChecking { startCheck() }
        }
        timer.cancel()
        return state
    }

    /// Answers everyone who waits when it ends, also those who came while it ran.
    private func startCheck() {
        isChecking = true
        LoopActor.start {
            var state = State.ready
            do throws(StorageError) { try await self.health.check() } catch { state = .storageUnavailable }
            self.isChecking = false
            let waiting = self.waiting
            self.waiting = [:]
            for continuation in waiting.values { continuation.resume(returning: state) }
        }
    }
}

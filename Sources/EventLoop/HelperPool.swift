internal import CLinux
internal import Glibc
internal import Synchronization

/// Threads for work that would block the loop: file reads, large JSON, hashing of large bodies, database scans.
///
/// Work runs in the order given, at most `threads` at a time; the caller resumes on its own executor.
package final class HelperPool: Sendable {
    /// For CPU work on large bodies.
    package static let shared = HelperPool(name: "brook-helper", threads: 2)

    private struct State {
        var queue: [@Sendable () -> Void] = []
        var head = 0
        var idle = 0
        var started = 0
    }

    private let name: String
    private let threads: Int
    private let yieldsProcessor: Bool
    private let state = Mutex(State())
    private let wakeUp: CInt

    /// Threads are started when first needed and live as long as the process.
    ///
    /// - Parameter yieldsProcessor: whether the threads let others run on when they are woken on a busy machine: right for
    ///   work that gains from gathering, such as commits.
    package init(name: String, threads: Int, yieldsProcessor: Bool = false) {
        self.yieldsProcessor = yieldsProcessor
        self.name = name
        self.threads = threads
        wakeUp = brook_eventfd(1)
        precondition(wakeUp >= 0, "the process has no descriptors left for a helper pool")
    }

    /// Runs `body` on one of the pool's threads and gives back what it returns or throws.
    package func run<Result: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Swift.Result<Result, Failure>, Never>) in
            submit {
                do throws(Failure) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Runs `body` on one of the pool's threads when it would hold the loop up, else at once.
    @LoopActor
    package func run<Result: Sendable, Failure: Error>(
        when isLong: Bool, _ body: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        isLong ? try await run(body) : try body()
    }

    /// Queues `work` without waiting for it. From any thread.
    package func submit(_ work: @escaping @Sendable () -> Void) {
        let mustStart = state.withLock { state in
            state.queue.append(work)
            guard state.started < threads, state.idle < state.queue.count - state.head else { return false }
            state.started += 1
            return true
        }
        if mustStart { startThread() }
        var one: UInt64 = 1
        _ = unsafe write(wakeUp, &one, 8)
    }

    private func startThread() {
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<HelperPool>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, context)
        precondition(result == 0, "the system refuses a thread")
        unsafe brook_name_thread(thread, name)
        pthread_detach(thread)
    }

    private func work() {
        if yieldsProcessor { brook_yield_processor_when_woken() }
        while true {
            state.withLock { $0.idle += 1 }
            var count: UInt64 = 0
            while unsafe read(wakeUp, &count, 8) != 8 {}
            let next: (@Sendable () -> Void)? = state.withLock { state in
                state.idle -= 1
                guard state.head < state.queue.count else { return nil }
                let next = state.queue[state.head]
                state.head += 1
                if state.head == state.queue.count {
                    state.queue.removeAll(keepingCapacity: true)
                    state.head = 0
                }
                return next
            }
            next?()
        }
    }
}

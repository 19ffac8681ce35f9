internal import HeapModule

/// A call that the loop will make at a time. ``cancel()`` on the loop's thread takes it back.
package final class LoopTimer: @unchecked Sendable {
    // Touched only on the loop's thread.
    fileprivate var handler: (() -> Void)?

    fileprivate init(_ handler: @escaping () -> Void) {
        self.handler = handler
    }

    @LoopActor
    package func cancel() {
        guard handler != nil else { return }
        handler = nil
        EventLoop.shared.noteCancelledTimer()
    }
}

/// A place in the queue of timers: earliest first, and first come first served among equals.
struct TimerEntry: Comparable {
    let deadline: UInt64
    let id: UInt64
    let timer: LoopTimer

    static func < (a: TimerEntry, b: TimerEntry) -> Bool { (a.deadline, a.id) < (b.deadline, b.id) }
    static func == (a: TimerEntry, b: TimerEntry) -> Bool { a.id == b.id }
}

extension EventLoop {
    /// Calls `handler` on the loop once `delay` has passed, never before.
    @LoopActor
    @discardableResult
    package func schedule(after delay: Duration, _ handler: @escaping @LoopActor () -> Void) -> LoopTimer {
        let timer = LoopTimer(unsafe unsafeBitCast(handler, to: (() -> Void).self))
        lastTimerID += 1
        timers.insert(TimerEntry(deadline: now &+ delay.nanosecondsClamped, id: lastTimerID, timer: timer))
        return timer
    }

    /// Suspends for `duration`; ends early with `CancellationError` when the task is cancelled.
    @LoopActor
    package func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            await withCheckedContinuation { sleeper.begin($0, for: duration) }
        } onCancel: {
            EventLoop.shared.post { LoopActor.assumeIsolated { sleeper.end() } }
        }
        if Task.isCancelled { throw CancellationError() }
    }

    /// Fires what is due. Answers the milliseconds until the next timer, rounded up, or -1 when there is none.
    func fireDueTimers() -> CInt {
        guard !timers.isEmpty else { return -1 }
        let now = now
        while let first = timers.min, first.deadline <= now {
            timers.removeMin()
            if let handler = first.timer.handler {
                first.timer.handler = nil
                handler()
            } else {
                cancelledTimers -= 1
            }
        }
        guard let next = timers.min else { return -1 }
        return CInt(min((next.deadline - now + 999_999) / 1_000_000, 60_000))
    }

    /// Most timers are deadlines that are cancelled long before they are due: when they are the larger part of the
    /// queue it is rebuilt without them, so its size stays within twice the live timers.
    fileprivate func noteCancelledTimer() {
        cancelledTimers += 1
        guard cancelledTimers > 256, cancelledTimers * 2 > timers.count else { return }
        timers = Heap(timers.unordered.filter { $0.timer.handler != nil })
        cancelledTimers = 0
    }
}

/// The one waiting continuation of a sleep, resumed by whichever comes first: the timer or the cancellation.
@LoopActor
private final class Sleeper {
    private var continuation: CheckedContinuation<Void, Never>?
    private var timer: LoopTimer?
    private var isEnded = false

    nonisolated init() {}

    func begin(_ continuation: CheckedContinuation<Void, Never>, for duration: Duration) {
        if isEnded {
            continuation.resume()
            return
        }
        self.continuation = continuation
        timer = EventLoop.shared.schedule(after: duration) { self.end() }
    }

    func end() {
        isEnded = true
        timer?.cancel()
        timer = nil
        continuation?.resume()
        continuation = nil
    }
}

extension Duration {
    /// Whole nanoseconds, 0 for negative durations, at most about 292 years.
    package var nanosecondsClamped: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 9_000_000_000 else { return UInt64(Int64.max) }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}

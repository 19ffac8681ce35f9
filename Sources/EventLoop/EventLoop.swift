internal import CLinux
internal import Glibc
internal import HeapModule
internal import Synchronization

/// A single-threaded event loop over epoll that is also the executor of ``LoopActor``.
///
/// One turn: run the jobs that wait, fire the timers that are due, then wait in `epoll_wait` for descriptors. Jobs that
/// are enqueued on the loop's own thread are only appended; from another thread the loop is also woken through an
/// eventfd. There is one loop in a process, ``shared``; a second would split the connection pool and statement caches.
package final class EventLoop: @unchecked Sendable {
    // `inbox` and `owner` guard themselves. All else is touched only on the thread that runs the loop.

    package static let shared = EventLoop()

    /// Turns of ready work that run before descriptors are looked at again.
    private static let roundsBeforePolling = 8

    let epoll: CInt
    private let wakeUp: CInt
    private let inbox = Mutex<[Work]>([])
    /// The `pthread_t` of the thread that runs the loop; 0 while none does.
    private let owner = Atomic<UInt>(0)
    private var isStopping = false

    private var ready: [Work] = []
    private var spare: [Work] = []

    var watches: [Watch?] = []
    var lastWatchID: UInt32 = 0
    var timers = Heap<TimerEntry>()
    var cancelledTimers = 0
    var lastTimerID: UInt64 = 0

    /// A unit of work: a Swift job, or a plain closure posted from any thread.
    enum Work: Sendable {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private init() {
        epoll = brook_epoll_create()
        wakeUp = brook_eventfd(0)
        precondition(epoll >= 0 && wakeUp >= 0, "the process has no descriptors left for its event loop")
        let added = brook_epoll_control(epoll, EPOLL_CTL_ADD, wakeUp, EPOLLIN.rawValue, 0)
        precondition(added == 0, "epoll refused the wake-up descriptor")
    }

    /// Whether the caller runs on the loop's thread.
    package var isCurrent: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Nanoseconds on the monotonic clock that timers use.
    package var now: UInt64 { brook_monotonic_ns() }

    /// Makes the calling thread the loop's and runs until ``stop()``.
    package func run() {
        owner.store(UInt(pthread_self()), ordering: .relaxed)
        isStopping = false
        var events = unsafe [epoll_event](repeating: epoll_event(), count: 256)
        while !isStopping {
            for _ in 0..<Self.roundsBeforePolling where !ready.isEmpty { runReady() }
            if isStopping { return }
            let timeout = fireDueTimers()
            let count = unsafe events.withUnsafeMutableBufferPointer { buffer in
                unsafe epoll_wait(epoll, buffer.baseAddress, CInt(buffer.count), ready.isEmpty ? timeout : 0)
            }
            guard count > 0 else { continue }
            for index in 0..<Int(count) {
                let event = unsafe events[index]
                let tag = unsafe brook_epoll_tag(event)
                if tag == 0 { takeInbox() } else { unsafe dispatch(bits: event.events, tag: tag) }
            }
        }
    }

    /// Ends ``run()`` after the current turn. From any thread.
    package func stop() {
        post { EventLoop.shared.isStopping = true }
    }

    /// Runs `work` on the loop's thread in a later turn. From any thread.
    package func post(_ work: @escaping @Sendable () -> Void) {
        submit(.closure(work))
    }

    func submit(_ work: Work) {
        if isCurrent {
            ready.append(work)
            return
        }
        let isFirst = inbox.withLock { inbox in
            inbox.append(work)
            return inbox.count == 1
        }
        guard isFirst else { return }
        var one: UInt64 = 1
        // A full counter (EAGAIN) means that the loop is woken already.
        _ = unsafe write(wakeUp, &one, 8)
    }

    /// Moves over what other threads submitted; called when the eventfd is readable.
    private func takeInbox() {
        var count: UInt64 = 0
        _ = unsafe read(wakeUp, &count, 8)
        ready += inbox.withLock { inbox in
            defer { inbox.removeAll(keepingCapacity: true) }
            return inbox
        }
    }

    /// Runs what waited when the call began; what that enqueues waits for the next round.
    private func runReady() {
        swap(&ready, &spare)
        let serial = unsafe asUnownedSerialExecutor()
        let task = unsafe asUnownedTaskExecutor()
        for work in spare {
            switch work {
            case .job(let job): unsafe job.runSynchronously(isolatedTo: serial, taskExecutor: task)
            case .closure(let closure): closure()
            }
        }
        spare.removeAll(keepingCapacity: true)
    }
}

internal import CLinux
internal import Glibc
internal import HeapModule
internal import Synchronization

/// A single-threaded event loop over epoll that is also the executor of ``LoopActor``.
///
/// One turn: run the jobs that wait and then what they put off to ``atEndOfTurn(_:)``, fire the timers that are due, wait in
/// `epoll_wait` for descriptors and run what they made ready; then the same for some of the ``Urgency/bulk`` descriptors, which have an epoll of their own inside the
/// first, so that thousands of them that are ready at once delay a new request by one batch. Jobs that are enqueued on the
/// loop's own thread are only appended; from another thread the loop is also woken through an eventfd. There is one loop in
/// a process, ``shared``; a second would split the connection pool and statement caches.
@safe
package final class EventLoop: @unchecked Sendable {
    // `inbox` and `owner` guard themselves, and `isGlobalExecutor` is set before there is a second thread. All else is
    // touched only on the thread that runs the loop.

    package static let shared = EventLoop()

    /// Turns of ready work that run before descriptors are looked at again.
    private static let roundsBeforePolling = 8

    /// Descriptors taken at once. A chunk of a stream takes some 30 us, so a batch of them about a millisecond.
    private static let promptBatch = 16
    private static let bulkBatch = 32
    /// Tags of the loop's own descriptors; those of watches have the watch's id, from 1, in the upper half.
    private static let wakeUpTag: UInt64 = 0
    private static let bulkTag: UInt64 = 1

    let promptPoller: CInt
    /// Watched by the first, so that the loop sleeps on both.
    let bulkPoller: CInt
    private let wakeUp: CInt
    private let inbox = Mutex<[Work]>([])
    /// The `pthread_t` of the thread that runs the loop; 0 while none does.
    private let owner = Atomic<UInt>(0)
    private var isStopping = false
    var isGlobalExecutor = false

    /// More bulk descriptors may be ready than were taken.
    private var isBulkReady = false
    private var events: [epoll_event] = unsafe [epoll_event](
        repeating: epoll_event(), count: max(promptBatch, bulkBatch))
    private var ready: [Work] = []
    private var spare: [Work] = []
    private var endings: [() -> Void] = []

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
        promptPoller = brook_epoll_create()
        bulkPoller = brook_epoll_create()
        wakeUp = brook_eventfd(0)
        precondition(
            promptPoller >= 0 && bulkPoller >= 0 && wakeUp >= 0,
            "the process has no descriptors left for its event loop")
        for (descriptor, tag) in [(wakeUp, Self.wakeUpTag), (bulkPoller, Self.bulkTag)] {
            let added = brook_epoll_control(promptPoller, EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue, tag)
            precondition(added == 0, "epoll refused one of the loop's own descriptors")
        }
    }

    /// Whether the caller runs on the loop's thread.
    package var isCurrent: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Nanoseconds on the monotonic clock that timers use.
    package var now: UInt64 { brook_monotonic_ns() }

    /// Makes the calling thread the loop's and runs until ``stop()``.
    package func run() {
        owner.store(UInt(pthread_self()), ordering: .relaxed)
        isStopping = false
        while !isStopping {
            runRounds()
            runEndings()
            if isStopping { return }
            let timeout = fireDueTimers()
            let isBusy = isBulkReady || !ready.isEmpty || !endings.isEmpty
            let count = fetch(promptPoller, Self.promptBatch, timeout: isBusy ? 0 : timeout)
            let began = now
            dispatch(count)
            // Behind a full batch of prompt ones, bulk ones may be ready unseen.
            if isBulkReady || count == Self.promptBatch {
                runRounds()
                runBulk(for: now - began)
            }
        }
    }

    /// Takes one batch, and then more as long as they need less than `share` nanoseconds: what the prompt descriptors had
    /// in this turn, so that a storm of requests does not starve running streams.
    private func runBulk(for share: UInt64) {
        let end = now + share
        repeat {
            let count = fetch(bulkPoller, Self.bulkBatch, timeout: 0)
            isBulkReady = count == Self.bulkBatch
            dispatch(count)
            runRounds()
        } while isBulkReady && !isStopping && now < end
    }

    private func fetch(_ poller: CInt, _ limit: Int, timeout: CInt) -> Int {
        let count = unsafe events.withUnsafeMutableBufferPointer { buffer in
            unsafe epoll_wait(poller, buffer.baseAddress, CInt(limit), timeout)
        }
        return max(0, Int(count))
    }

    private func dispatch(_ count: Int) {
        for index in 0..<count {
            let event = unsafe events[index]
            switch unsafe brook_epoll_tag(event) {
            case Self.wakeUpTag: takeInbox()
            case Self.bulkTag: isBulkReady = true
            case let tag: unsafe dispatch(bits: event.events, tag: tag)
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

    /// Runs `work` once, before the loop next looks at descriptors: for what is cheaper when a turn's worth of it has
    /// gathered.
    @LoopActor
    package func atEndOfTurn(_ work: @escaping @LoopActor () -> Void) {
        endings.append(unsafe unsafeBitCast(work, to: (() -> Void).self))
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

    /// Runs what waits, and what that makes ready, up to a limit.
    private func runRounds() {
        for _ in 0..<Self.roundsBeforePolling where !ready.isEmpty && !isStopping { runReady() }
    }

    private func runEndings() {
        while !endings.isEmpty {
            let works = endings
            endings = []
            for work in works { work() }
        }
    }

    /// Runs what waited when the call began; what that enqueues waits for the next round.
    private func runReady() {
        swap(&ready, &spare)
        let serial = unsafe asUnownedSerialExecutor()
        let task = unsafe asUnownedTaskExecutor()
        for work in spare {
            switch work {
            case .job(let job):
                if isGlobalExecutor {
                    unsafe job.runSynchronously(on: serial)
                } else {
                    unsafe job.runSynchronously(isolatedTo: serial, taskExecutor: task)
                }
            case .closure(let closure): closure()
            }
        }
        spare.removeAll(keepingCapacity: true)
    }
}

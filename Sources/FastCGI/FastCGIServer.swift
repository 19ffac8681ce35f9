internal import CFastCGI
internal import CLinux
package import Core
package import EventLoop
internal import Glibc

/// A FastCGI responder (FastCGI 1.0) on the event loop: takes connections from a listening socket that it inherits and
/// gives each request to `handler` in a task of its own, which is cancelled when the client leaves.
@LoopActor
package final class FastCGIServer {
    /// What to do with one request. When it returns, the answer is complete.
    package typealias Handler = @Sendable @LoopActor (any HTTPExchange) async -> Void

    /// Connections taken in one wake-up: enough that a burst does not wait for as many turns of a busy loop, few enough
    /// that other workers get their part of it.
    private static let batch = 16
    /// How long a worker that is busier than the others leaves a new connection to them.
    private static let yieldToOthers = Duration.milliseconds(1)

    /// How long requests that were cut off may take to end.
    private static let settlingTime = Duration.seconds(5)

    let handler: Handler
    let makeRequestID: () -> String
    let writes: WriteBatch
    private let listener: CInt
    private let metrics: any MetricsRecorder
    private let isBusierThanOthers: () -> Bool

    private var listenerWatch: Watch?
    private var connections: [ObjectIdentifier: FastCGIConnection] = [:]
    private var isYielding = false
    private(set) var isDraining = false
    private var drained: CheckedContinuation<Void, Never>?
    /// Requests under way.
    package private(set) var active = 0
    /// Requests that have begun since the start.
    package private(set) var served = 0

    /// - Parameters:
    ///   - listener: a listening Unix or TCP socket; descriptor 0 under spawn-fcgi.
    ///   - makeRequestID: an id for a request that nginx gave none.
    ///   - isBusierThanOthers: whether another worker of the same socket should take the next connection.
    ///   - groupsWrites: whether one system call may write to several connections, where the kernel has such a call.
    package init(
        listener: CInt, metrics: any MetricsRecorder, makeRequestID: @escaping () -> String,
        isBusierThanOthers: @escaping () -> Bool = { false }, groupsWrites: Bool = true, handler: @escaping Handler
    ) throws(FastCGIError) {
        let status = FCGX_Init()
        guard status == 0 else { throw .library(status) }
        var isListening: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0 else {
            throw .notListening(descriptor: listener)
        }
        guard brook_set_nonblocking(listener) == 0 else { throw .system(SystemCallError(lastErrorOf: "fcntl")) }
        self.listener = listener
        self.metrics = metrics
        self.makeRequestID = makeRequestID
        self.isBusierThanOthers = isBusierThanOthers
        self.handler = handler
        writes = WriteBatch(grouped: groupsWrites)
    }

    /// Begins to accept.
    package func start() throws(FastCGIError) {
        do throws(SystemCallError) {
            listenerWatch = try EventLoop.shared.watch(listener, for: .readable) { [weak self] _ in self?.acceptSome() }
        } catch {
            throw .system(error)
        }
    }

    /// Takes what is already in the socket's queue, then no more, and returns when the last request has ended. What runs
    /// for longer than `limit` is cut off as if its client had left, and given a few seconds to be settled. Kept
    /// connections are not closed here, which would race with a request that nginx does not send again: nginx is asked
    /// to close them, and requests that come meanwhile are served.
    package func drain(limit: Duration) async {
        guard !isDraining else { return }
        while let descriptor = accepted() { open(descriptor) }
        isDraining = true
        if let listenerWatch { EventLoop.shared.unwatch(listenerWatch) }
        listenerWatch = nil
        guard !connections.isEmpty else { return }
        for connection in connections.values { connection.leave() }
        let timer = EventLoop.shared.schedule(after: limit) { self.cutOff() }
        await withCheckedContinuation { drained = $0 }
        timer.cancel()
    }

    /// While draining: cuts off now what is cut off at the limit.
    package func cutOff() {
        guard isDraining, !connections.isEmpty else { return }
        for connection in connections.values { connection.cutOff() }
        EventLoop.shared.schedule(after: Self.settlingTime) { self.finishDraining() }
    }

    private func finishDraining() {
        drained?.resume()
        drained = nil
    }

    // MARK: Connections

    private func acceptSome() {
        guard !isYielding else { return }
        if isBusierThanOthers(), let listenerWatch {
            isYielding = true
            EventLoop.shared.setInterest([], of: listenerWatch)
            EventLoop.shared.schedule(after: Self.yieldToOthers) {
                self.isYielding = false
                guard let listenerWatch = self.listenerWatch else { return }
                EventLoop.shared.setInterest(.readable, of: listenerWatch)
                if let descriptor = self.accepted() { self.open(descriptor) }
            }
            return
        }
        for _ in 0..<Self.batch {
            guard let descriptor = accepted() else { return }
            open(descriptor)
        }
    }

    /// The next connection; nil when another worker was faster, or when the process has no descriptor left (then nginx's
    /// connection waits in the queue).
    private func accepted() -> CInt? {
        let descriptor = brook_accept_cloexec(listener)
        return descriptor >= 0 ? descriptor : nil
    }

    private func open(_ descriptor: CInt) {
        let connection = FastCGIConnection(descriptor: descriptor, server: self)
        connections[ObjectIdentifier(connection)] = connection
        metrics.change(.connections, by: 1)
        connection.open()
    }

    func remove(_ connection: FastCGIConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        metrics.change(.connections, by: -1)
        if isDraining, connections.isEmpty { finishDraining() }
    }

    func requestBegan() {
        active += 1
        served += 1
    }

    func requestEnded() { active -= 1 }
}

internal import Core
internal import EventLoop
internal import Gateway

/// Sends one streamed answer: the status with the first bytes, then the rest, and a heartbeat into long silences.
///
/// The status is held back until there is something to show, so that a call which fails first is answered with a real
/// status. A heartbeat is written by a task of its own, but never while another write runs: `write` waits for it.
@LoopActor
final class ChatStreamWriter {
    private let exchange: any HTTPExchange
    private let silence: Duration
    private let heartbeatBytes: [UInt8]
    private let limits: LimitReport?
    private var lastWrite: UInt64 = 0
    private var isWriting = false
    private var timer: LoopTimer?
    private var heartbeat: Task<Void, Never>?

    /// Whether the client has the status, so that a failure can only be told inside of the stream.
    private(set) var hasBegun = false

    /// - Parameters:
    ///   - silence: how long nothing is sent before a heartbeat is.
    ///   - heartbeat: an event or comment that clients of the dialect skip.
    ///   - limits: read when the answer begins.
    init(_ exchange: any HTTPExchange, silence: Duration, heartbeat: [UInt8], limits: LimitReport? = nil) {
        self.limits = limits
        heartbeatBytes = heartbeat
        self.exchange = exchange
        self.silence = silence
    }

    /// `X-Accel-Buffering` keeps nginx from gathering what should reach the client now.
    private static let headers: HeaderFields = [
        "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache", "X-Accel-Buffering": "no",
    ]

    func write(_ bytes: [UInt8]) async throws(GatewayError) {
        await heartbeatDone()
        isWriting = true
        defer { isWriting = false }
        do throws(ClientGone) {
            if !hasBegun {
                hasBegun = true
                var headers = Self.headers
                if let windows = limits?.windows { headers.tell(windows) }
                try await exchange.begin(HTTPResponse.Head(status: 200, headers: headers))
                scheduleHeartbeat(after: silence)
            }
            try await exchange.write(bytes)
        } catch {
            throw .cancelled
        }
        lastWrite = EventLoop.shared.now
    }

    /// What ``write(_:)`` does, if it can be done without waiting; else nothing is sent, and the answer is false.
    func offer(_ bytes: [UInt8]) throws(GatewayError) -> Bool {
        guard hasBegun, heartbeat == nil else { return false }
        do throws(ClientGone) {
            guard try exchange.offer(bytes) else { return false }
        } catch {
            throw .cancelled
        }
        lastWrite = EventLoop.shared.now
        return true
    }

    /// Ends the answer.
    func end() async throws(GatewayError) {
        await stop()
        do throws(ClientGone) { try await exchange.end() } catch { throw .cancelled }
    }

    /// No heartbeat runs or comes after this.
    func stop() async {
        timer?.cancel()
        timer = nil
        await heartbeatDone()
    }

    /// A heartbeat that waits for a slow reader must not outlive a call whose client has gone.
    private func heartbeatDone() async {
        guard let heartbeat else { return }
        await withTaskCancellationHandler {
            await heartbeat.value
        } onCancel: {
            heartbeat.cancel()
        }
    }

    private func scheduleHeartbeat(after delay: Duration) {
        timer = EventLoop.shared.schedule(after: delay) { [weak self] in self?.timerFired() }
    }

    private func timerFired() {
        let quiet = EventLoop.shared.now - lastWrite
        let limit = silence.nanosecondsClamped
        guard !isWriting, quiet >= limit else {
            scheduleHeartbeat(after: isWriting ? silence : .nanoseconds(Int64(clamping: limit - quiet)))
            return
        }
        heartbeat = LoopActor.start { [self] in
            // A client that has gone is found out by the write that follows, or by the call's own watch.
            try? await exchange.write(heartbeatBytes)
            lastWrite = EventLoop.shared.now
            heartbeat = nil
            if timer != nil { scheduleHeartbeat(after: silence) }
        }
    }
}

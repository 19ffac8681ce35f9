internal import CLinux
internal import Core
internal import EventLoop
internal import Glibc

/// A connection from nginx, and the request that is on it: idle until the next request arrives, then busy until its
/// answer is written, then idle again when nginx keeps connections.
@LoopActor
final class FastCGIConnection {
    /// What an idle connection waits for. Made once, because a set's literal is an array that is gone through.
    private static let idleInterest: Readiness = [.readable, .hangUp]

    let fcgi: FCGXRequest
    /// The client, or nginx for it, has closed the connection.
    private(set) var isGone = false
    /// The connection cannot carry another request.
    var mustClose = false

    private unowned let server: FastCGIServer
    private var watch: Watch?
    private var task: Task<Void, Never>?
    private var waitingWriter: CheckedContinuation<Void, Never>?
    /// What the socket is known to take without blocking, in the kernel's accounting: set when it polls writable, used
    /// up by writes, so that a stream of small chunks does not ask before each.
    private var writeBudget = 0
    /// What is not written yet.
    private var records = AnswerRecords()
    /// The records are in the server's batch for the end of the turn.
    private var isQueued = false
    /// The answer's last record is among them.
    private var isEnding = false

    init(descriptor: CInt, server: FastCGIServer) {
        fcgi = FCGXRequest(descriptor: descriptor)
        self.server = server
    }

    /// Waits for the first request.
    func open() {
        do throws(SystemCallError) {
            watch = try EventLoop.shared.watch(fcgi.descriptor, for: Self.idleInterest) { [weak self] in
                self?.handle($0)
            }
        } catch {
            close()
        }
    }

    private func handle(_ readiness: Readiness) {
        if task == nil {
            // A connection that nginx has closed is readable too; bytes without a hang-up are a request.
            if readiness.contains(.hangUp), !hasBytes { close() } else { beginRequest() }
            return
        }
        if readiness.contains(.hangUp) {
            clientLeft()
            return
        }
        if readiness.contains(.writable) { resumeWriter() }
        // Bytes while a request is under way are its unread body: leave them, and look only for the hang-up.
        if readiness.contains(.readable) { setInterest(waitingWriter == nil ? .hangUp : [.hangUp, .writable]) }
    }

    // MARK: One request

    private var hasBytes: Bool {
        var byte: UInt8 = 0
        return unsafe recv(fcgi.descriptor, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)) > 0
    }

    private func beginRequest() {
        // On a malformed record libfcgi closes the descriptor itself: the watch must be gone before that.
        guard fcgi.accept() else {
            close()
            return
        }
        records.requestID = fcgi.requestID
        var parameters = FastCGIParameters()
        unsafe fcgi.forEachParameter { unsafe parameters.add($0) }
        let exchange = FastCGIExchange(
            request: parameters.request(fallbackID: server.makeRequestID), connection: self)
        server.requestBegan()
        task = LoopActor.start { [handler = server.handler] in
            await handler(exchange)
            await self.finishRequest()
        }
    }

    private func finishRequest() async {
        if !isGone { await waitUntilWritable() }
        guard !isGone else {
            endRequest()
            return
        }
        records.appendEnd()
        writeBudget -= FCGXRequest.writeOverhead
        isEnding = true
        queueRecords()
    }

    private func endRequest() {
        task = nil
        server.requestEnded()
        guard !isGone else {
            close()
            return
        }
        // libfcgi may close the descriptor. Its number can be given out again only after that, and nothing else runs on
        // the loop meanwhile.
        fcgi.finish(keepingConnection: !mustClose)
        guard fcgi.isOpen else {
            close()
            return
        }
        setInterest(Self.idleInterest)
        if server.isDraining { fcgi.askForClose() }
    }

    /// Has nginx close the connection: now if it is idle, else when its request has ended.
    func leave() {
        if task == nil { fcgi.askForClose() }
    }

    /// Ends the request under way as if the client had left; closes an idle connection.
    func cutOff() {
        if task == nil { close() } else { clientLeft() }
    }

    private func clientLeft() {
        isGone = true
        if let watch { EventLoop.shared.unwatch(watch) }
        watch = nil
        task?.cancel()
        resumeWriter()
    }

    private func close() {
        if let watch { EventLoop.shared.unwatch(watch) }
        watch = nil
        fcgi.close()
        server.remove(self)
    }

    // MARK: Writing

    /// Has bytes written at the end of the turn, never more at once than the socket takes without blocking.
    func send(_ bytes: [UInt8], flush: Bool) async throws(ClientGone) {
        var rest = bytes[...]
        while !rest.isEmpty {
            await waitUntilWritable()
            if isGone { throw ClientGone() }
            let slice = rest.prefix(FCGXRequest.slice)
            rest = rest.dropFirst(slice.count)
            put(slice, flush: flush)
        }
    }

    /// Sends a piece if the socket takes it without blocking; else sends nothing and answers false.
    func offer(_ bytes: [UInt8]) throws(ClientGone) -> Bool {
        guard bytes.count <= FCGXRequest.slice, takesSlice() else {
            if isGone { throw ClientGone() }
            return false
        }
        if isGone { throw ClientGone() }
        put(bytes[...], flush: true)
        return true
    }

    private func put(_ slice: ArraySlice<UInt8>, flush: Bool) {
        writeBudget -= slice.count + FCGXRequest.writeOverhead
        records.append(slice)
        if flush { queueRecords() }
    }

    private func queueRecords() {
        guard !isQueued else { return }
        isQueued = true
        server.writes.add(self)
    }

    /// What the batch writes.
    var pendingBytes: [UInt8] { records.bytes }

    /// Writes what waits without waiting for the end of the turn.
    func writeNow() { written(whole: !isGone && fcgi.write(records.bytes)) }

    /// What waited is with the kernel, or the connection has failed.
    func written(whole: Bool) {
        isQueued = false
        records.removeAll()
        if !whole, !isGone { clientLeft() }
        guard isEnding else { return }
        isEnding = false
        endRequest()
    }

    /// Whether the socket takes a slice without blocking.
    private func takesSlice() -> Bool {
        if writeBudget >= FCGXRequest.slice { return true }
        // The socket is asked for room behind what waits for it.
        if !records.bytes.isEmpty, !isGone {
            if fcgi.write(records.bytes) { records.removeAll() } else { clientLeft() }
        }
        var state = pollfd(fd: fcgi.descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&state, 1, 0) > 0 else { return false }
        writeBudget = FCGXRequest.slice * 2
        return true
    }

    private func waitUntilWritable() async {
        while !isGone, !takesSlice() {
            setInterest([.hangUp, .writable])
            await withCheckedContinuation { waitingWriter = $0 }
            setInterest([.hangUp])
        }
    }

    private func resumeWriter() {
        let writer = waitingWriter
        waitingWriter = nil
        writer?.resume()
    }

    private func setInterest(_ interest: Readiness) {
        if let watch { EventLoop.shared.setInterest(interest, of: watch) }
    }
}

internal import CCurl
internal import Core
internal import EventLoop
internal import Glibc

/// libcurl's multi handle driven by the loop: its sockets are watched, its one timer scheduled, and finished transfers
/// told their result.
///
/// libcurl forbids calls into the handle from its own callbacks; nothing here does, because a resumed task runs in a
/// later round of the loop.
@LoopActor
@safe final class CurlMulti {
    /// Idle easy handles kept for the next calls.
    private static let idleHandles = 64
    /// Parsed addresses that are kept.
    private static let mostURLs = 256
    /// Idle connections to providers that are kept open.
    private static let idleConnections = 256

    private let handle: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = unsafe [:]
    private var idle: [IdleHandle] = []
    private var urls: [String: CurlURL] = [:]
    private var lastHeaderList: CurlHeaderList?
    /// By socket, as long as libcurl has it open: a kept connection stays watched between calls, which spares the next
    /// call three system calls.
    private var watches: [curl_socket_t: SocketWatch] = [:]
    /// When libcurl wants to be called, in the loop's nanoseconds.
    private var wanted: UInt64?
    /// The timer that calls it; due at or before `wanted`.
    private var timer: LoopTimer?
    private var timerDue: UInt64 = 0
    private var isKicked = false

    /// Connections without a call, which a new call could take.
    private var restingConnections = 0

    var active: Int { unsafe transfers.count }

    /// False when a search among libcurl's connections, which takes as long as there are calls, would find none.
    var hasRestingConnection: Bool { restingConnections > 0 }

    init() throws(TransportError) {
        guard brook_global_init() == CURLE_OK, let handle = unsafe curl_multi_init() else {
            throw .badRequest("libcurl could not be initialised")
        }
        unsafe self.handle = handle
        let context = unsafe context
        _ = unsafe brook_multi_set_socket_callback(handle, onSocket)
        _ = unsafe brook_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, context)
        _ = unsafe brook_multi_set_timer_callback(handle, onTimer)
        _ = unsafe brook_multi_set_pointer(handle, CURLMOPT_TIMERDATA, context)
        limitConnections()
    }

    isolated deinit {
        // Every transfer holds this object, so none is left.
        for handle in idle { unsafe curl_easy_cleanup(handle.easy) }
        _ = unsafe curl_multi_cleanup(handle)
        for socket in watches.values { EventLoop.shared.unwatch(socket.watch) }
        timer?.cancel()
    }

    // MARK: Easy handles

    /// For ``curlClosesSocket(_:socket:)``. libcurl closes the last connections in this object's `deinit`.
    @unsafe var context: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    /// A handle that waits for its next call, with the address that it is set to.
    @safe private struct IdleHandle {
        let easy: UnsafeMutableRawPointer
        let url: CurlURL
    }

    /// The address as libcurl takes it.
    func parsed(_ url: String) throws(TransportError) -> CurlURL {
        if let known = urls[url] { return known }
        let parsed = try CurlURL(url)
        if urls.count >= Self.mostURLs { urls = [:] }
        urls[url] = parsed
        return parsed
    }

    /// A handle with the address and the options that every call has, a used one where possible.
    func makeEasy(for url: CurlURL) throws(TransportError) -> UnsafeMutableRawPointer {
        if let last = idle.last, last.url === url {
            idle.removeLast()
            return unsafe last.easy
        }
        let used = unsafe idle.popLast()?.easy
        guard let easy = unsafe used ?? curl_easy_init() else { throw .badRequest("libcurl has no memory for a call") }
        do throws(TransportError) {
            if unsafe used == nil { try unsafe CurlOptions.setFixed(on: easy, multi: self) }
            try unsafe CurlOptions.set(url, on: easy)
        } catch {
            unsafe curl_easy_cleanup(easy)
            throw error
        }
        return unsafe easy
    }

    /// Keeps the handle of a call for another, unless the call has set options that others do not set.
    @unsafe func recycle(_ easy: UnsafeMutableRawPointer, of url: CurlURL, isPlain: Bool) {
        guard isPlain, idle.count < Self.idleHandles else {
            unsafe curl_easy_cleanup(easy)
            return
        }
        unsafe CurlOptions.clear(easy)
        unsafe idle.append(IdleHandle(easy: easy, url: url))
    }

    /// The header fields as libcurl takes them. Calls of one model mostly have the same as the call before.
    func headerList(of fields: HeaderFields, userAgent: String) -> CurlHeaderList {
        if let lastHeaderList, lastHeaderList.fields == fields, lastHeaderList.userAgent == userAgent {
            return lastHeaderList
        }
        let list = CurlHeaderList(fields, userAgent: userAgent)
        lastHeaderList = list
        return list
    }

    /// Starts a transfer; it is kept alive until it ends or is removed.
    @unsafe func add(_ transfer: CurlTransfer, easy: UnsafeMutableRawPointer) throws(TransportError) {
        let code = unsafe curl_multi_add_handle(handle, easy)
        guard code == CURLM_OK else { throw .badRequest(unsafe String(cString: curl_multi_strerror(code))) }
        unsafe transfers[easy] = transfer
        limitConnections()
    }

    /// Takes a transfer out. libcurl closes its connection unless the answer was complete.
    @unsafe func remove(_ easy: UnsafeMutableRawPointer) {
        guard unsafe transfers.removeValue(forKey: easy) != nil else { return }
        _ = unsafe curl_multi_remove_handle(handle, easy)
        limitConnections()
    }

    /// libcurl's limit counts the connections in use too: with a fixed one none would be kept while more calls run.
    private func limitConnections() {
        _ = unsafe brook_multi_set_long(handle, CURLMOPT_MAXCONNECTS, active + Self.idleConnections)
    }

    // MARK: What libcurl waits for

    private struct SocketWatch {
        let watch: Watch
        /// False while the connection rests in libcurl's pool.
        var isWanted = true
    }

    fileprivate func wait(for what: CInt, on socket: curl_socket_t) {
        let interest: Readiness
        switch what {
        case CURL_POLL_IN: interest = .readable
        case CURL_POLL_OUT: interest = .writable
        case CURL_POLL_INOUT: interest = [.readable, .writable]
        default:
            // A paused transfer's socket may have bytes to read, which would be reported without end.
            if let known = watches[socket], known.watch.interest == .readable, what == CURL_POLL_REMOVE {
                setWanted(false, known, socket)
            } else {
                forget(socket)
            }
            return
        }
        if let known = watches[socket] {
            setWanted(true, known, socket)
            EventLoop.shared.setInterest(interest, of: known.watch)
            return
        }
        // epoll refuses only a descriptor that libcurl has closed already; then its own time-out ends the transfer.
        let watch = try? EventLoop.shared.watch(socket, for: interest, urgency: .bulk) { [weak self] readiness in
            // The provider has closed a resting connection, or a paused one has bytes: libcurl asks again when it wants.
            guard self?.watches[socket]?.isWanted == true else {
                self?.forget(socket)
                return
            }
            var events: CInt = 0
            if readiness.contains(.readable) || readiness.contains(.hangUp) { events |= CURL_CSELECT_IN }
            if readiness.contains(.writable) || readiness.contains(.hangUp) { events |= CURL_CSELECT_OUT }
            self?.act(on: socket, events: events)
        }
        if let watch { watches[socket] = SocketWatch(watch: watch) }
    }

    private func setWanted(_ isWanted: Bool, _ known: SocketWatch, _ socket: curl_socket_t) {
        guard known.isWanted != isWanted else { return }
        watches[socket]?.isWanted = isWanted
        restingConnections += isWanted ? -1 : 1
    }

    /// Ends the watch of a socket; before libcurl closes it, at the latest.
    fileprivate func forget(_ socket: curl_socket_t) {
        guard let known = watches.removeValue(forKey: socket) else { return }
        EventLoop.shared.unwatch(known.watch)
        if !known.isWanted { restingConnections -= 1 }
    }

    fileprivate func wait(milliseconds: Int) {
        guard milliseconds >= 0 else {
            wanted = nil
            return
        }
        wanted = EventLoop.shared.now + UInt64(milliseconds) * 1_000_000
        if milliseconds == 0 { kick() } else { arm() }
    }

    private func kick() {
        guard !isKicked else { return }
        isKicked = true
        EventLoop.shared.post {
            LoopActor.assumeIsolated {
                self.isKicked = false
                self.actOnTimeout()
            }
        }
    }

    /// libcurl moves its time-out with almost every step, mostly later. A timer that is due earlier is left to fire and
    /// is then set again, so that most moves cost nothing.
    private func arm() {
        guard let wanted else { return }
        if timer != nil {
            if timerDue <= wanted { return }
            timer?.cancel()
        }
        timerDue = wanted
        let now = EventLoop.shared.now
        timer = EventLoop.shared.schedule(after: .nanoseconds(Int64(wanted > now ? wanted - now : 0))) { [weak self] in
            guard let self else { return }
            self.timer = nil
            guard let wanted = self.wanted else { return }
            if wanted > EventLoop.shared.now { self.arm() } else { self.actOnTimeout() }
        }
    }

    private func actOnTimeout() {
        wanted = nil
        act(on: CURL_SOCKET_TIMEOUT, events: 0)
    }

    private func act(on socket: curl_socket_t, events: CInt) {
        var running: CInt = 0
        _ = unsafe curl_multi_socket_action(handle, socket, events, &running)
        var left: CInt = 0
        while let message = unsafe curl_multi_info_read(handle, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else {
                continue
            }
            let code = unsafe brook_message_result(message)
            guard let transfer = unsafe transfers[easy] else { continue }
            transfer.finished(code)
        }
    }
}

private func onSocket(
    _: UnsafeMutableRawPointer?, socket: curl_socket_t, what: CInt, context: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) -> CInt {
    guard let context = unsafe context else { return -1 }
    let multi = unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
    LoopActor.assumeIsolated { multi.wait(for: what, on: socket) }
    return 0
}

/// `CURLOPT_CLOSESOCKETFUNCTION`: the number may name another connection as soon as it is closed.
func curlClosesSocket(_ context: UnsafeMutableRawPointer?, socket: curl_socket_t) -> CInt {
    if let context = unsafe context {
        let multi = unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
        LoopActor.assumeIsolated { multi.forget(socket) }
    }
    return close(socket)
}

private func onTimer(_: UnsafeMutableRawPointer?, milliseconds: Int, context: UnsafeMutableRawPointer?) -> CInt {
    guard let context = unsafe context else { return -1 }
    let multi = unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
    LoopActor.assumeIsolated { multi.wait(milliseconds: milliseconds) }
    return 0
}

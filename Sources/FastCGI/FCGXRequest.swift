internal import CFastCGI
internal import EventLoop
internal import Glibc

/// libfcgi's request on one connection, with the order of calls that its source demands on a non-blocking server. libfcgi
/// reads; answers are written without it.
///
/// `FCGX_Accept_r` begins with `FCGX_Finish_r`, which closes `ipcFd` unless `keepConnection` is set, and on a malformed
/// record goes on to a blocking `accept` of its own, which `listen_sock` -1 makes fail at once. Closing a request that
/// is not detached shuts down and polls up to 2 s for the peer, so it is detached for each connection (fcgiapp.c,
/// os_unix.c of 2.4.2).
///
/// Not thread-safe: used by the loop, or by one helper thread while the loop waits for it.
@safe final class FCGXRequest: @unchecked Sendable {
    // Guarded by turn-taking: while a body is read on a helper thread, the request's task is suspended on it, and no
    // other code reads or writes the streams.

    /// Bytes that are written at once. A Unix socket that polls writable has three quarters of its buffer free, 156 KiB
    /// by default, and the kernel counts up to 1.5 bytes for each byte written, besides ``writeOverhead``.
    static let slice = 32 * 1024
    /// Bytes of an unwanted body that are read at once, into the stack: every request ends with such a read.
    private static let discarded = 4096
    /// What the kernel counts for the smallest write.
    static let writeOverhead = 1536

    /// How long a read on the loop may block. nginx sends a request's parameters and small body in one piece; another
    /// program on the socket that stops in the middle of a record loses its connection after this.
    private static let readLimitOnLoop = timeval(tv_sec: 0, tv_usec: 500_000)
    /// How long a helper thread waits for the next part of a large body.
    private static let readLimitOnHelper = timeval(tv_sec: 60, tv_usec: 0)

    private let pointer: UnsafeMutablePointer<FCGX_Request>

    /// Takes over a connected descriptor.
    init(descriptor: CInt) {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: FCGX_Request())
        _ = unsafe FCGX_InitRequest(pointer, -1, 0)
        unsafe pointer.pointee.ipcFd = descriptor
        unsafe pointer.pointee.listen_sock = -1
        unsafe pointer.pointee.keepConnection = 1
        unsafe FCGX_Detach(pointer)
        limitReads(Self.readLimitOnLoop)
    }

    private func limitReads(_ limit: timeval) {
        var limit = limit
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close()
        unsafe pointer.deallocate()
    }

    /// -1 once libfcgi has closed the connection.
    var descriptor: CInt { unsafe pointer.pointee.ipcFd }
    var isOpen: Bool { descriptor >= 0 }

    /// Reads the next request's parameters. False when the connection sent anything else; it is closed then.
    func accept() -> Bool {
        unsafe pointer.pointee.keepConnection = 1
        guard unsafe FCGX_Accept_r(pointer) == 0, isOpen else { return false }
        // The answer's records are made here (``AnswerRecords``), so the streams with their 8 KiB have no use.
        unsafe FCGX_FreeStream(&pointer.pointee.out)
        unsafe FCGX_FreeStream(&pointer.pointee.err)
        return true
    }

    /// The number that the web server gave the request, 1 with nginx.
    var requestID: UInt16 { unsafe UInt16(truncatingIfNeeded: pointer.pointee.requestId) }

    /// Writes to the connection at once. False when it does not take all.
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Calls `body` with each `NAME=VALUE` of the request.
    @unsafe func forEachParameter(_ body: (UnsafePointer<CChar>) -> Void) {
        guard var next = unsafe pointer.pointee.envp else { return }
        while let parameter = unsafe next.pointee {
            unsafe body(parameter)
            unsafe next += 1
        }
    }

    /// Reads up to `count` bytes of the body; fewer mean its end. Blocks while they have not arrived.
    func read(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe buffer.withMemoryRebound(to: CChar.self) { chars in
                while filled < count, let base = chars.baseAddress {
                    let wanted = CInt(clamping: count - filled)
                    guard let input = unsafe pointer.pointee.in else { break }
                    let got = unsafe FCGX_GetStr(base + filled, wanted, input)
                    guard got > 0 else { break }
                    filled += Int(got)
                    if got < wanted { break }
                }
            }
        }
    }

    /// Runs reads of a large body on a helper thread, which may wait longer than the loop.
    func onHelper<Result: Sendable>(_ reads: @escaping @Sendable (FCGXRequest) -> Result) async -> Result {
        limitReads(Self.readLimitOnHelper)
        let result = await HelperPool.shared.run { reads(self) }
        limitReads(Self.readLimitOnLoop)
        return result
    }

    /// Reads the body to its end record and drops it. False when more than `limit` bytes came.
    func discardBody(limit: Int) -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.discarded) { buffer in
            guard let base = buffer.baseAddress, let input = unsafe pointer.pointee.in else { return true }
            var dropped = 0
            while dropped <= limit {
                let got = unsafe Int(FCGX_GetStr(base, CInt(Self.discarded), input))
                dropped += got
                if got < Self.discarded { return true }
            }
            return false
        }
    }

    /// Ends the request whose answer is written. The connection stays open for the next when nginx asked for that and
    /// nothing went wrong.
    func finish(keepingConnection: Bool) {
        var mustClose = unsafe pointer.pointee.keepConnection == 0 || !keepingConnection
        if unsafe pointer.pointee.in != nil, unsafe FCGX_GetError(pointer.pointee.in) != 0 { mustClose = true }
        unsafe FCGX_Free(pointer, mustClose ? 1 : 0)
    }

    /// Asks the web server to close this idle connection, without a race against a request that it may be sending.
    ///
    /// Writes an empty `FCGI_STDERR` record of request 1 (FastCGI 1.0 section 5.3). nginx closes a kept connection on
    /// which anything arrives (ngx_http_upstream_keepalive_close_handler). If it has just sent a request, the record
    /// stands before the answer and means nothing there, and the request is served.
    func askForClose() {
        guard isOpen else { return }
        let record: [UInt8] = [1, 7, 0, 1, 0, 0, 0, 0]
        _ = unsafe send(descriptor, record, record.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
    }

    /// Frees the input stream with its 8 KiB buffer once the body is read to its end, since an answer may last long.
    func releaseInput() {
        guard unsafe pointer.pointee.in != nil, unsafe FCGX_GetError(pointer.pointee.in) == 0 else { return }
        unsafe FCGX_FreeStream(&pointer.pointee.in)
    }

    /// Closes the connection without another byte.
    func close() {
        guard isOpen else { return }
        unsafe FCGX_Free(pointer, 1)
    }
}

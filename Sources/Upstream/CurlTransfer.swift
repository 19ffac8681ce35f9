internal import CCurl
internal import Core
internal import EventLoop

/// One call in libcurl: from the request to the last byte of its answer, or to what ended it.
///
/// Used from one task, so at most one continuation waits. Ended by exactly one of ``finished(_:)``, a deadline and
/// ``cancel()``; each leaves `result`.
@LoopActor
@safe final class CurlTransfer {
    /// Bytes that wait for the reader before the provider is made to wait.
    static let bufferLimit = 256 * 1024
    /// All header fields of an answer together.
    private static let headerLimit = 256 * 1024
    /// Room for the header of most answers.
    private static let usualHeader = 512

    private(set) var status = 0
    /// A kept connection broke before the request was sent whole, so nobody can have acted on it. libcurl itself sends again
    /// on a new one only when it finds that out at the first byte, or when reading.
    private(set) var diedUnsent = false
    /// The lines of the answer's header behind the status line. See ``CurlHeaderLines``.
    private(set) var headerLines: [UInt8] = []

    private let multi: CurlMulti
    private let deadlines: Deadlines
    private var easy: UnsafeMutableRawPointer?
    private let url: CurlURL
    private var fields: CurlHeaderList?
    private var upload: CurlUpload?
    private var pin: CurlPin?
    private let isPlain: Bool

    private var headerBytes = 0
    private var isHeadComplete = false
    private var buffer: [UInt8] = []
    private var isPaused = false
    private var result: Result<Void, TransportError>?
    private var waiter: UnsafeContinuation<Void, Never>?

    private let started: UInt64
    private var lastActivity: UInt64
    private var timer: LoopTimer?

    init(
        _ request: TransportRequest, on multi: CurlMulti, userAgent: String, onNewConnection: Bool = false
    ) throws(TransportError) {
        self.multi = multi
        deadlines = request.deadlines
        isPlain = CurlOptions.isPlain(request)
        started = EventLoop.shared.now
        lastActivity = started
        // What clients name is asked once.
        let url = request.pinnedAddress == nil ? try multi.parsed(request.url) : try CurlURL(request.url)
        self.url = url
        let easy = try unsafe multi.makeEasy(for: url)
        unsafe self.easy = easy
        let fields = multi.headerList(of: request.headers, userAgent: userAgent)
        self.fields = fields
        if request.body.count > CurlUpload.inline { upload = CurlUpload(request.body) }
        do throws(TransportError) {
            if let address = request.pinnedAddress { pin = try CurlPin(address) }
            try unsafe CurlOptions.set(
                on: easy, for: request, fields: fields, upload: upload, pin: pin,
                context: Unmanaged.passUnretained(self).toOpaque(), multi: multi, onNewConnection: onNewConnection)
        } catch {
            release()
            throw error
        }
    }

    /// Sends the request and waits for the head of the answer.
    func start() async throws(TransportError) {
        guard let easy = unsafe easy, result == nil else { throw .cancelled }
        do throws(TransportError) {
            try unsafe multi.add(self, easy: easy)
        } catch {
            release()
            throw error
        }
        armTimer()
        while !isHeadComplete {
            if let result {
                try result.get()
                throw .cut("the connection ended before the answer's header")
            }
            await unsafe withUnsafeContinuation { unsafe waiter = $0 }
        }
        if case .failure(.cancelled) = result { throw .cancelled }
    }

    /// What there is to read, without waiting.
    enum Arrival {
        case bytes([UInt8])
        case end
        /// Nothing yet: ``wake(_:)`` tells when to ask again.
        case nothing
    }

    func arrived() throws(TransportError) -> Arrival {
        if case .failure(.cancelled) = result { throw .cancelled }
        if !buffer.isEmpty { return .bytes(take()) }
        guard let result else { return .nothing }
        try result.get()
        return .end
    }

    /// Resumes the continuation with the next arrival or the end.
    func wake(_ continuation: UnsafeContinuation<Void, Never>) { unsafe waiter = continuation }

    func cancel() { end(.failure(.cancelled)) }

    private func wake() {
        guard let waiter = unsafe waiter else { return }
        unsafe self.waiter = nil
        unsafe waiter.resume()
    }

    private func take() -> [UInt8] {
        let bytes = buffer
        buffer = []
        lastActivity = EventLoop.shared.now
        if isPaused, let easy = unsafe easy {
            isPaused = false
            // Delivers what libcurl holds at once, through `receive`.
            _ = unsafe curl_easy_pause(easy, CURLPAUSE_CONT)
        }
        return bytes
    }

    // MARK: The end

    /// What libcurl says of the whole transfer.
    func finished(_ code: CURLcode) {
        if code == CURLE_SEND_ERROR, status == 0, let easy = unsafe easy {
            diedUnsent = unsafe brook_easy_connections_made(easy) == 0
        }
        end(code == CURLE_OK ? .success(()) : .failure(CurlOptions.error(code)))
    }

    private func end(_ outcome: Result<Void, TransportError>) {
        guard result == nil else { return }
        result = outcome
        timer?.cancel()
        timer = nil
        release()
        wake()
    }

    private func release() {
        guard let easy = unsafe easy else { return }
        unsafe self.easy = nil
        unsafe multi.remove(easy)
        unsafe multi.recycle(easy, of: url, isPlain: isPlain)
        fields = nil
        upload = nil
        pin = nil
    }

    // MARK: Deadlines

    private func armTimer() {
        let now = EventLoop.shared.now
        let total = started &+ deadlines.total.nanosecondsClamped
        let phase =
            isHeadComplete
            ? lastActivity &+ deadlines.idle.nanosecondsClamped : started &+ deadlines.firstByte.nanosecondsClamped
        let due = min(total, phase)
        timer = EventLoop.shared.schedule(after: .nanoseconds(Int64(clamping: due > now ? due - now : 1_000_000))) {
            [weak self] in self?.checkDeadlines()
        }
    }

    private func checkDeadlines() {
        let now = EventLoop.shared.now
        if now - started >= deadlines.total.nanosecondsClamped {
            end(.failure(.timeout(.total)))
        } else if !isHeadComplete, now - started >= deadlines.firstByte.nanosecondsClamped {
            end(.failure(.timeout(.firstByte)))
        } else if isHeadComplete, buffer.isEmpty, !isPaused, now - lastActivity >= deadlines.idle.nanosecondsClamped {
            end(.failure(.timeout(.idle)))
        } else {
            // A reader that is slower than the provider is no silence of the provider.
            if isPaused || !buffer.isEmpty { lastActivity = now }
            armTimer()
        }
    }

    // MARK: What libcurl delivers

    /// A line of the header; the status line first, an empty line last. A 1xx answer is followed by another header.
    fileprivate func receiveHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else { return false }
        var end = line.count
        while end > 0, unsafe line[end - 1] == 0x0a || line[end - 1] == 0x0d { end -= 1 }
        if unsafe line.starts(with: "HTTP/".utf8) {
            // `HTTP/1.1 200 OK`
            let code = unsafe line[..<end].drop { $0 != 0x20 }.dropFirst().prefix { $0 != 0x20 }
            status = unsafe Int(String(decoding: code, as: UTF8.self)) ?? 0
            headerLines = []
            headerLines.reserveCapacity(Self.usualHeader)
        } else if end == 0 {
            guard status >= 200 else { return true }
            isHeadComplete = true
            lastActivity = EventLoop.shared.now
            // A timer that is due before the limit on silence sets itself again.
            if deadlines.idle < deadlines.firstByte {
                timer?.cancel()
                armTimer()
            }
            wake()
        } else {
            unsafe headerLines.append(contentsOf: line[..<end])
            headerLines.append(0x0a)
        }
        return true
    }

    /// Part of the body. False: not taken; libcurl keeps it until the transfer is continued.
    fileprivate func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard buffer.count + bytes.count <= Self.bufferLimit || buffer.isEmpty else {
            isPaused = true
            return false
        }
        lastActivity = EventLoop.shared.now
        if buffer.isEmpty { buffer = unsafe Array(bytes) } else { unsafe buffer.append(contentsOf: bytes) }
        wake()
        return true
    }
}

/// `CURLOPT_HEADERFUNCTION`.
func curlReceivesHeader(
    _ data: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let data = unsafe data, let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let total = size * count
    let isTaken = unsafe data.withMemoryRebound(to: UInt8.self, capacity: total) { bytes in
        nonisolated(unsafe) let line = unsafe UnsafeBufferPointer(start: bytes, count: total)
        return LoopActor.assumeIsolated { unsafe transfer.receiveHeader(line) }
    }
    return isTaken ? total : 0
}

/// `CURLOPT_WRITEFUNCTION`.
func curlReceivesBody(
    _ data: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let data = unsafe data, let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let total = size * count
    let isTaken = unsafe data.withMemoryRebound(to: UInt8.self, capacity: total) { bytes in
        nonisolated(unsafe) let part = unsafe UnsafeBufferPointer(start: bytes, count: total)
        return LoopActor.assumeIsolated { unsafe transfer.receive(part) }
    }
    return isTaken ? total : Int(CURL_WRITEFUNC_PAUSE)
}

package import EventLoop

/// Makes HTTP calls to providers.
@LoopActor
package protocol Transport: Sendable {
    /// Sends the request and waits for the answer's status and header fields. Cancelling the task aborts the call.
    func send(_ request: TransportRequest) async throws(TransportError) -> any TransportResponse
}

/// The answer to a call whose body is still arriving.
@LoopActor
package protocol TransportResponse: AnyObject {
    nonisolated var status: Int { get }
    /// Read anew from the answer's bytes each time.
    nonisolated var headers: HeaderFields { get }

    /// The bytes that have arrived since the last call, at least one; nil once at the body's proper end. A body that ends
    /// short of its declared length or chunk, or passes a deadline, throws. While nothing asks, at most 256 KiB are
    /// buffered; then the provider is made to wait.
    func next() async throws(TransportError) -> [UInt8]?

    /// Closes the connection unless the body has ended. Idempotent.
    func cancel()
}

extension TransportResponse {
    /// The whole body; more than `limit` bytes throws ``TransportError/tooLarge``.
    package func collect(limit: Int) async throws(TransportError) -> [UInt8] {
        var body: [UInt8] = []
        while let bytes = try await next() {
            guard body.count + bytes.count <= limit else {
                cancel()
                throw .tooLarge
            }
            if body.isEmpty { body = bytes } else { body += bytes }
        }
        return body
    }
}

/// A call to make.
package struct TransportRequest: Sendable {
    package var method: String
    /// Absolute, with everything percent-encoded as it is to be sent; no normalisation takes place.
    package var url: String
    package var headers: HeaderFields
    package var body: [UInt8]
    package var deadlines: Deadlines
    /// Where to connect, whatever the URL's host resolves to, and on a connection that serves no other call. The host is
    /// still what the certificate and the `Host` field are about.
    package var pinnedAddress: IPAddress?

    package init(
        method: String = "POST", url: String, headers: HeaderFields = [:], body: [UInt8] = [],
        deadlines: Deadlines = Deadlines(), pinnedAddress: IPAddress? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadlines = deadlines
        self.pinnedAddress = pinnedAddress
    }
}

/// The limits of a call in time.
package struct Deadlines: Sendable, Equatable {
    /// Name look-up, connection and TLS.
    package var connect: Duration
    /// From the start to the answer's status.
    package var firstByte: Duration
    /// Between two reads of the body.
    package var idle: Duration
    /// The whole call.
    package var total: Duration

    package init(
        connect: Duration = .seconds(5), firstByte: Duration = .seconds(300), idle: Duration = .seconds(300),
        total: Duration = .seconds(1800)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }

    /// The same, with no more in all than `limit`; nil changes nothing.
    package func within(_ limit: Duration?) -> Deadlines {
        guard let limit, limit < total else { return self }
        var deadlines = self
        deadlines.total = max(limit, .milliseconds(1))
        return deadlines
    }
}

/// Why a call failed below HTTP.
package enum TransportError: Error, Sendable, Equatable {
    /// Nothing was sent: name look-up, refusal, TLS.
    case connect(String)
    case timeout(Phase)
    /// The connection ended before the answer did.
    case cut(String)
    case cancelled
    case tooLarge
    /// The request itself cannot be sent (a malformed URL).
    case badRequest(String)

    package enum Phase: String, Sendable {
        case connect, firstByte, idle, total
    }
}

internal import Core
internal import EventLoop

/// One request on a connection, and the answer to it.
@LoopActor
final class FastCGIExchange: HTTPExchange {
    /// Bodies up to this size are read on the loop: nginx has sent them already.
    nonisolated private static let inlineBody = 64 * 1024
    /// What is read and dropped of a body that nobody wanted, so that the connection can be kept and nginx, which sends
    /// the whole body before it looks at an early answer, does not take a closed connection for a failure.
    private static let discardedBody = 64 * 1024 * 1024

    nonisolated let request: HTTPRequest
    private let connection: FastCGIConnection
    private var isBodyRead = false

    init(request: HTTPRequest, connection: FastCGIConnection) {
        self.request = request
        self.connection = connection
    }

    func body(limit: Int) async throws(GatewayError) -> [UInt8] {
        let declared = request.contentLength ?? 0
        guard declared >= 0 else { throw .invalid("Content-Length must not be negative.", param: "Content-Length") }
        guard declared <= limit else {
            throw .tooLarge("The request body has \(declared) bytes; at most \(limit) are accepted.")
        }
        isBodyRead = true
        let fcgi = connection.fcgi
        guard declared > 0 else {
            discardInline()
            fcgi.releaseInput()
            return []
        }
        let bytes: [UInt8]
        if declared <= Self.inlineBody {
            bytes = fcgi.read(declared)
            discardInline()
        } else {
            bytes = await fcgi.onHelper { fcgi in
                let bytes = fcgi.read(declared)
                _ = fcgi.discardBody(limit: Self.inlineBody)
                return bytes
            }
        }
        fcgi.releaseInput()
        if connection.isGone { throw .cancelled }
        guard bytes.count == declared else {
            throw .invalid("The request body ends after \(bytes.count) of \(declared) bytes.", param: "Content-Length")
        }
        return bytes
    }

    func respond(_ response: HTTPResponse) async throws(ClientGone) {
        await settleBody()
        var head = response.head
        head.headers["Content-Length"] = String(response.body.count)
        // A whole answer need not go out piece by piece: nginx may gather it, and then sends head and body at once.
        head.headers["X-Accel-Buffering"] = "yes"
        let body = request.method == "HEAD" ? [] : response.body
        try await connection.send(ResponseHead.bytes(head, body: body), flush: false)
    }

    func begin(_ head: HTTPResponse.Head) async throws(ClientGone) {
        await settleBody()
        try await connection.send(ResponseHead.bytes(head), flush: false)
    }

    func write(_ bytes: [UInt8]) async throws(ClientGone) {
        try await connection.send(bytes, flush: true)
    }

    func end() async throws(ClientGone) {
        if connection.isGone { throw ClientGone() }
    }

    /// Reads to the end record that stands behind the last byte of the body.
    private func discardInline() {
        _ = connection.fcgi.discardBody(limit: Self.inlineBody)
    }

    /// Before an answer: libfcgi must have seen the whole body, or the next request on the connection breaks.
    private func settleBody() async {
        guard !isBodyRead else { return }
        isBodyRead = true
        let fcgi = connection.fcgi
        guard let declared = request.contentLength, declared > Self.inlineBody else {
            discardInline()
            return
        }
        let limit = Self.discardedBody
        let isWhole = await fcgi.onHelper { $0.discardBody(limit: limit) }
        if !isWhole { connection.mustClose = true }
    }
}

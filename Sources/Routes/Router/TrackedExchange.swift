internal import Core
internal import EventLoop

/// The exchange as routes get it: every answer carries the request's id, an answer to HEAD has no body, and the status
/// is remembered for the counters.
@LoopActor
final class TrackedExchange: HTTPExchange {
    nonisolated let request: HTTPRequest
    private let inner: any HTTPExchange
    /// The status of the answer; nil while none has begun.
    private(set) var status: Int?
    private(set) var isEnded = false

    init(_ inner: any HTTPExchange) {
        self.inner = inner
        request = inner.request
    }

    func body(limit: Int) async throws(GatewayError) -> [UInt8] {
        try await inner.body(limit: limit)
    }

    func respond(_ response: HTTPResponse) async throws(ClientGone) {
        var response = response
        response.head = complete(response.head)
        status = response.head.status
        isEnded = true
        guard request.method == "HEAD" else { return try await inner.respond(response) }
        // The length of the body that GET would get, which a server would take from the body that it is given.
        response.head.headers["Content-Length"] = String(response.body.count)
        try await inner.begin(response.head)
        try await inner.end()
    }

    func begin(_ head: HTTPResponse.Head) async throws(ClientGone) {
        status = head.status
        try await inner.begin(complete(head))
    }

    func write(_ bytes: [UInt8]) async throws(ClientGone) {
        if request.method != "HEAD" { try await inner.write(bytes) }
    }

    func offer(_ bytes: [UInt8]) throws(ClientGone) -> Bool {
        request.method == "HEAD" ? true : try inner.offer(bytes)
    }

    func end() async throws(ClientGone) {
        isEnded = true
        try await inner.end()
    }

    private func complete(_ head: HTTPResponse.Head) -> HTTPResponse.Head {
        var head = head
        head.headers["x-request-id"] = request.id
        // Where Anthropic's clients look for it.
        if Dialect(path: request.path) == .anthropic { head.headers["request-id"] = request.id }
        return head
    }
}

package import Core
package import EventLoop

/// A request made up by a test, and everything that a route answers to it.
///
/// Records instead of checking, so that one test can look at the answer, at how often the body was read, and at
/// breaches of ``HTTPExchange``'s order of calls (``violations``).
@LoopActor
package final class RecordedExchange: HTTPExchange {
    package nonisolated let request: HTTPRequest

    /// What the request carries. A body above the limit of ``body(limit:)`` is refused as the server does it.
    private let requestBody: [UInt8]

    package private(set) var bodyReads = 0
    package private(set) var head: HTTPResponse.Head?
    /// The body, one element for each ``write(_:)``, or the one of ``respond(_:)``.
    package private(set) var pieces: [[UInt8]] = []
    package private(set) var isEnded = false
    /// Calls that the protocol does not allow, such as a second answer.
    package private(set) var violations: [String] = []

    /// How many more calls that send something succeed before the client is gone; nil: it stays.
    package var sendsUntilGone: Int?
    /// Called after each piece has been recorded.
    package var onWrite: (@LoopActor ([UInt8]) async -> Void)?
    /// Thrown by ``body(limit:)`` instead of a body.
    package var bodyFailure: GatewayError?

    /// `target` is a path with an optional query, percent-encoded, as it stands in a request line.
    package nonisolated init(
        _ method: String, _ target: String, headers: HeaderFields = [:], body: [UInt8] = [],
        id: String = "req-test"
    ) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count > 1 ? parts[1] : ""
        let items = query.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = sides.count > 1 ? String(sides[1].map { $0 == "+" ? " " : $0 }) : ""
            return QueryItem(Self.percentDecoded(String(sides[0])), Self.percentDecoded(value))
        }
        request = HTTPRequest(
            method: method, path: Self.percentDecoded(String(parts[0])), query: items, headers: headers,
            contentLength: body.isEmpty ? nil : body.count, id: id, remoteAddress: "192.0.2.1")
        requestBody = body
    }

    package convenience nonisolated init(
        _ method: String, _ target: String, key: String?, json: String? = nil, id: String = "req-test"
    ) {
        var headers: HeaderFields = [:]
        if let key { headers["Authorization"] = "Bearer \(key)" }
        if json != nil { headers["Content-Type"] = "application/json" }
        self.init(method, target, headers: headers, body: Array((json ?? "").utf8), id: id)
    }

    // MARK: What was answered

    package var status: Int? { head?.status }
    package var body: [UInt8] { pieces.flatMap { $0 } }
    package var text: String { String(decoding: body, as: UTF8.self) }
    /// Nil when the body is no JSON.
    package var json: JSONValue? { try? JSONParser.parse(body) }

    package func header(_ name: String) -> String? { head?.headers[name] }

    // MARK: HTTPExchange

    package func body(limit: Int) async throws(GatewayError) -> [UInt8] {
        bodyReads += 1
        if bodyReads > 1 { violations.append("the body was read twice") }
        if let bodyFailure { throw bodyFailure }
        guard requestBody.count <= limit else { throw .tooLarge("The request body exceeds \(limit) bytes.") }
        return requestBody
    }

    package func respond(_ response: HTTPResponse) async throws(ClientGone) {
        note(head == nil, "respond after an answer had begun")
        try send()
        head = response.head
        pieces.append(response.body)
        isEnded = true
    }

    package func begin(_ head: HTTPResponse.Head) async throws(ClientGone) {
        note(self.head == nil, "begin after an answer had begun")
        try send()
        self.head = head
    }

    package func write(_ bytes: [UInt8]) async throws(ClientGone) {
        note(head != nil && !isEnded, "write outside an answer")
        try send()
        pieces.append(bytes)
        await onWrite?(bytes)
    }

    package func end() async throws(ClientGone) {
        note(head != nil && !isEnded, "end outside an answer")
        try send()
        isEnded = true
    }

    private func note(_ isAllowed: Bool, _ violation: String) {
        if !isAllowed { violations.append(violation) }
    }

    private func send() throws(ClientGone) {
        guard let left = sendsUntilGone else { return }
        guard left > 0 else { throw ClientGone() }
        sendsUntilGone = left - 1
    }

    private nonisolated static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

package import EventLoop

/// One request and the answer to it, as the server hands it to the router. Used from one task.
///
/// The task is cancelled when the client goes away. Either ``respond(_:)`` is called once, or ``begin(_:)``, any number of
/// ``write(_:)`` and ``end()``.
@LoopActor
package protocol HTTPExchange: AnyObject {
    nonisolated var request: HTTPRequest { get }

    /// The whole body. Bodies above 64 KiB are read on a helper thread. More than `limit` bytes throws 413, a body that
    /// ends short of its declared length 400, a client that left `.cancelled`.
    func body(limit: Int) async throws(GatewayError) -> [UInt8]

    /// Sends status, header fields and a whole body.
    func respond(_ response: HTTPResponse) async throws(ClientGone)

    /// Sends the status and header fields of a body that follows in pieces.
    func begin(_ head: HTTPResponse.Head) async throws(ClientGone)

    /// Sends a piece and flushes it. Suspends while the client reads slower than it is written to.
    func write(_ bytes: [UInt8]) async throws(ClientGone)

    /// What ``write(_:)`` does, if it can be done without waiting; else nothing is sent, and the answer is false. It spares
    /// each chunk of a stream the way through as many `async` functions as there are layers.
    func offer(_ bytes: [UInt8]) throws(ClientGone) -> Bool

    func end() async throws(ClientGone)
}

extension HTTPExchange {
    package func offer(_ bytes: [UInt8]) throws(ClientGone) -> Bool { false }
}

/// The client closed its connection before the answer was complete.
package struct ClientGone: Error {
    package init() {}
}

/// A whole answer.
package struct HTTPResponse: Sendable {
    package struct Head: Sendable {
        package var status: Int
        package var headers: HeaderFields

        package init(status: Int, headers: HeaderFields = [:]) {
            self.status = status
            self.headers = headers
        }
    }

    package var head: Head
    package var body: [UInt8]

    package init(status: Int, headers: HeaderFields = [:], body: [UInt8] = []) {
        head = Head(status: status, headers: headers)
        self.body = body
    }

    package init(status: Int = 200, json: JSONValue, headers: HeaderFields = [:]) {
        head = Head(status: status, headers: headers)
        head.headers["Content-Type"] = "application/json"
        body = json.serialized()
    }
}

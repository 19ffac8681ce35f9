package import Core
package import EventLoop

/// A transport that answers from a script and keeps what it was asked to send.
@LoopActor
package final class ScriptedTransport: Transport {
    /// What one call is answered with.
    package enum Script: Sendable {
        case answer(status: Int, headers: HeaderFields, body: [Step])
        /// No status ever comes.
        case failure(TransportError)

        package static func answer(status: Int = 200, headers: HeaderFields = [:], _ body: [UInt8]) -> Script {
            .answer(status: status, headers: headers, body: body.isEmpty ? [] : [.bytes(body)])
        }

        package static func answer(status: Int = 200, headers: HeaderFields = [:], _ body: String) -> Script {
            answer(status: status, headers: headers, Array(body.utf8))
        }
    }

    /// One read of an answer's body; after the last the body ends properly.
    package enum Step: Sendable {
        case bytes([UInt8])
        case failure(TransportError)
        /// Nothing arrives until the call is cancelled.
        case hold
    }

    /// In the order in which they were sent.
    package private(set) var requests: [TransportRequest] = []
    package private(set) var responses: [ScriptedResponse] = []
    private var scripts: [Script]

    /// The scripts are used up one a call; a call beyond the last is refused as a bad request.
    package nonisolated init(_ scripts: Script...) { self.scripts = scripts }

    package func add(_ script: Script) { scripts.append(script) }

    package func send(_ request: TransportRequest) async throws(TransportError) -> any TransportResponse {
        requests.append(request)
        guard !scripts.isEmpty else { throw .badRequest("the test's script has no answer left") }
        switch scripts.removeFirst() {
        case .failure(let error): throw error
        case .answer(let status, let headers, let body):
            let response = ScriptedResponse(status: status, headers: headers, body: body)
            responses.append(response)
            return response
        }
    }
}

/// An answer of a ``ScriptedTransport``.
@LoopActor
package final class ScriptedResponse: TransportResponse {
    package nonisolated let status: Int
    package nonisolated let headers: HeaderFields
    package private(set) var isCancelled = false
    /// Reads that were asked for, the one that answered nil included.
    package private(set) var readCount = 0
    private var steps: [ScriptedTransport.Step]
    private var held: CheckedContinuation<Void, Never>?

    init(status: Int, headers: HeaderFields, body: [ScriptedTransport.Step]) {
        self.status = status
        self.headers = headers
        steps = body
    }

    package func next() async throws(TransportError) -> [UInt8]? {
        readCount += 1
        if isCancelled || Task.isCancelled { throw .cancelled }
        guard !steps.isEmpty else { return nil }
        switch steps.removeFirst() {
        case .bytes(let bytes): return bytes
        case .failure(let error): throw error
        case .hold:
            await waitForCancellation()
            throw .cancelled
        }
    }

    package func cancel() {
        isCancelled = true
        held?.resume()
        held = nil
    }

    private func waitForCancellation() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if isCancelled || Task.isCancelled { continuation.resume() } else { held = continuation }
            }
        } onCancel: {
            EventLoop.shared.post { LoopActor.assumeIsolated { self.cancel() } }
        }
    }
}

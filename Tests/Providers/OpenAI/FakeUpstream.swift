import Core
import EventLoop

@testable import Providers

/// A transport that answers with what a test wrote down, and keeps what it was sent.
@LoopActor
final class FakeUpstream: Transport {
    enum Step {
        case bytes([UInt8])
        case fail(TransportError)
        /// Nothing more comes until the response is cancelled.
        case silence
    }

    var status = 200
    var headers: HeaderFields = ["Content-Type": "text/event-stream"]
    var steps: [Step] = []
    var sendError: TransportError?
    private(set) var requests: [TransportRequest] = []
    private(set) var responses: [FakeResponse] = []

    func send(_ request: TransportRequest) async throws(TransportError) -> any TransportResponse {
        requests.append(request)
        if let sendError { throw sendError }
        let response = FakeResponse(status: status, headers: headers, steps: steps)
        responses.append(response)
        return response
    }

    /// What was sent as the body of the last request.
    var body: JSONObject { (try? JSONParser.parse(requests.last?.body ?? []))?.object ?? [:] }

    func answer(_ text: String, status: Int = 200, type: String? = "application/json") {
        self.status = status
        headers = type.map { ["Content-Type": $0] } ?? [:]
        steps = text.isEmpty ? [] : [.bytes(Array(text.utf8))]
    }

    func stream(_ lines: [String]) { steps = lines.map { .bytes(Array("data: \($0)\n\n".utf8)) } }

    /// Opens a call, and reads its stream to the end or the error.
    func call(
        _ request: ChatRequest, _ config: JSONObject = ["baseURL": "https://up.example/v1"], maxTokens: Int? = nil
    ) async -> (deltas: [ChatDelta], error: GatewayError?) {
        var deltas: [ChatDelta] = []
        do throws(GatewayError) {
            let target = ProviderTarget(model: "asked", config: config, requestID: "req", maxTokens: maxTokens)
            let stream = try await OpenAICompatibleProvider(transport: self).open(request, on: target)
            while let delta = try await stream.next() { deltas.append(delta) }
            return (deltas, nil)
        } catch {
            return (deltas, error)
        }
    }
}

@LoopActor
final class FakeResponse: TransportResponse {
    nonisolated let status: Int
    nonisolated let headers: HeaderFields
    private var steps: ArraySlice<FakeUpstream.Step>
    private(set) var isCancelled = false
    private(set) var isRead = false
    private var waiting: CheckedContinuation<Void, Never>?

    init(status: Int, headers: HeaderFields, steps: [FakeUpstream.Step]) {
        self.status = status
        self.headers = headers
        self.steps = steps[...]
    }

    func next() async throws(TransportError) -> [UInt8]? {
        if isCancelled { throw .cancelled }
        guard let step = steps.popFirst() else {
            isRead = true
            return nil
        }
        switch step {
        case .bytes(let bytes): return bytes
        case .fail(let error): throw error
        case .silence:
            await withCheckedContinuation { waiting = $0 }
            throw .cancelled
        }
    }

    func cancel() {
        guard !isRead else { return }
        isCancelled = true
        waiting?.resume()
        waiting = nil
    }
}

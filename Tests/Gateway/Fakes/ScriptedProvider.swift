import Core
import EventLoop

/// Answers with a list of steps, and remembers what it was asked.
@LoopActor
final class ScriptedProvider: ChatProvider {
    enum Step {
        case tell(ChatDelta)
        case fail(GatewayError)
        /// Waits until the stream is cancelled; ``ScriptedProvider/onWait`` is called once it does.
        case wait
    }

    nonisolated let name = "scripted"
    nonisolated let summary = "For tests."
    nonisolated let fields = [
        ConfigField("modelId", .string, "id"), ConfigField("timeouts", .object, "ms"),
        ConfigField("promptCache", .boolean, "cache"),
    ]
    nonisolated let knownMaximum: Int?

    var steps: [Step] = []
    var openError: GatewayError?
    var onOpen: (@LoopActor () -> Void)?
    var onWait: (@LoopActor () -> Void)?
    private(set) var targets: [ProviderTarget] = []
    let events: EventLog

    init(_ events: EventLog, maximum: Int? = nil) {
        self.events = events
        knownMaximum = maximum
    }

    nonisolated func check(_ config: JSONObject) throws(GatewayError) {}

    nonisolated func maximumOutput(_ config: JSONObject) -> Int? { knownMaximum }

    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream {
        targets.append(target)
        onOpen?()
        await Task.yield()
        if let openError { throw openError }
        return ScriptedStream(self)
    }
}

@LoopActor
final class ScriptedStream: ChatStream {
    private let provider: ScriptedProvider
    private var place = 0
    private var isCancelled = false
    private var waiting: CheckedContinuation<Void, Never>?

    init(_ provider: ScriptedProvider) { self.provider = provider }

    func next() async throws(GatewayError) -> ChatDelta? {
        if isCancelled { throw .cancelled }
        guard place < provider.steps.count else { return nil }
        defer { place += 1 }
        switch provider.steps[place] {
        case .tell(let delta): return delta
        case .fail(let error): throw error
        case .wait:
            await withCheckedContinuation { continuation in
                waiting = continuation
                provider.onWait?()
            }
            throw .upstream("The connection was aborted.")
        }
    }

    func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        provider.events.add("provider cancelled")
        waiting?.resume()
        waiting = nil
    }
}

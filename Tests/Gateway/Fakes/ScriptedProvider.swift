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

    nonisolated let name: String
    nonisolated let summary = "For tests."
    nonisolated let fields = [
        ConfigField("modelId", .string, "id"), ConfigField("timeouts", .object, "ms"),
        ConfigField("promptCache", .boolean, "cache"), ConfigField("regions", .array, "regions"),
    ]
    nonisolated let knownMaximum: Int?
    nonisolated let takesAddresses: Bool

    var steps: [Step] = []
    var openError: GatewayError?
    /// What further calls come to, one each, before ``steps`` and ``openError`` count.
    var earlier: [Attempt] = []
    /// Regions that are down.
    var down: Set<String> = []
    var onOpen: (@LoopActor () -> Void)?
    var onWait: (@LoopActor () -> Void)?
    private(set) var targets: [ProviderTarget] = []
    private(set) var requests: [ChatRequest] = []
    let events: EventLog

    /// How one call goes.
    enum Attempt {
        case refuse(GatewayError)
        case answer([Step])
    }

    init(_ events: EventLog, maximum: Int? = nil, name: String = "scripted", takesAddresses: Bool = true) {
        self.events = events
        self.name = name
        knownMaximum = maximum
        self.takesAddresses = takesAddresses
    }

    nonisolated func check(_ config: JSONObject) throws(GatewayError) {}

    nonisolated func takesAddresses(of kind: MediaAddress.Kind, in request: ChatRequest) -> Bool { takesAddresses }

    nonisolated func maximumOutput(_ config: JSONObject) -> Int? { knownMaximum }

    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream {
        targets.append(target)
        requests.append(request)
        onOpen?()
        await Task.yield()
        if let region = target.endpoint?.region, down.contains(region) {
            throw .upstream(code: "upstream_unreachable", "The provider cannot be reached.")
        }
        if !earlier.isEmpty {
            switch earlier.removeFirst() {
            case .refuse(let error): throw error
            case .answer(let steps): return ScriptedStream(self, steps)
            }
        }
        if let openError { throw openError }
        return ScriptedStream(self, steps)
    }

    nonisolated func endpoints(_ config: JSONObject) -> [ProviderEndpoint] {
        let regions = config["regions"]?.array?.compactMap(\.string) ?? []
        let accounts = config["accounts"]?.int ?? 1
        guard !regions.isEmpty || accounts > 1 else { return [ProviderEndpoint()] }
        return (0..<accounts).flatMap { account in
            (regions.isEmpty ? [nil] : regions.map(Optional.some)).map {
                ProviderEndpoint(region: $0, credentials: account)
            }
        }
    }
}

@LoopActor
final class ScriptedStream: ChatStream {
    private let provider: ScriptedProvider
    private var place = 0
    private var isCancelled = false
    private var waiting: CheckedContinuation<Void, Never>?

    private let steps: [ScriptedProvider.Step]

    init(_ provider: ScriptedProvider, _ steps: [ScriptedProvider.Step]) {
        self.provider = provider
        self.steps = steps
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        if isCancelled { throw .cancelled }
        guard place < steps.count else { return nil }
        defer { place += 1 }
        switch steps[place] {
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

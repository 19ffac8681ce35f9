internal import Core
internal import EventLoop

/// One attempt to have a call answered: a model at one of its places.
@LoopActor
final class Attempt {
    let model: ResolvedModel
    let endpoint: ProviderEndpoint
    /// Monotonic nanoseconds.
    private let startedAt: UInt64
    /// Milliseconds to the first piece or to the failure.
    private var latency = 0
    private var hasAnswered = false
    private var stream: (any ChatStream)?
    /// What came up to the first piece that a client sees.
    private(set) var beginning: [ChatDelta] = []
    /// The answer ended within ``beginning``.
    private var isWhole = false
    private var failure: GatewayError?

    init(_ model: ResolvedModel, at endpoint: ProviderEndpoint, now: UInt64) {
        self.model = model
        self.endpoint = endpoint
        startedAt = now
    }

    /// Asks the provider, and waits for the first piece of its answer: until that has come nothing has reached the
    /// client, and another attempt may take this one's place.
    ///
    /// - Parameter opened: told of the stream as soon as there is one, so that a client that leaves can end it.
    func begin(
        _ request: ChatRequest, on target: ProviderTarget, pacing: any Pacing,
        opened: @LoopActor (any ChatStream) -> Void
    ) async throws(GatewayError) {
        do throws(GatewayError) {
            let stream = try await model.provider.open(request, on: target)
            self.stream = stream
            opened(stream)
            repeat {
                guard let delta = try await stream.next() else {
                    isWhole = true
                    break
                }
                beginning.append(delta)
            } while !(beginning.last?.isVisible ?? false)
        } catch {
            latency = milliseconds(to: pacing.now)
            // A stream that is cut off says what it likes.
            failure = Task.isCancelled ? .cancelled : error
            stream?.cancel()
            stream = nil
            throw error
        }
        latency = milliseconds(to: pacing.now)
        hasAnswered = true
    }

    /// What the answer began with, once.
    func takeBeginning() -> [ChatDelta] {
        defer { beginning = [] }
        return beginning
    }

    /// Where the rest of the answer comes from; nil when there is none.
    var rest: (any ChatStream)? { isWhole ? nil : stream }

    /// The answer broke off.
    func brokeOff(_ error: GatewayError) { failure = error }

    var record: AttemptRecord {
        AttemptRecord(
            model: model.name, provider: model.record.provider, region: endpoint.region,
            status: hasAnswered ? 200 : failure?.status ?? 0, code: failure?.code, latency: latency)
    }

    private func milliseconds(to now: UInt64) -> Int { Int(clamping: (now &- startedAt) / 1_000_000) }
}

extension ChatDelta {
    /// Whether a client would be sent anything for it.
    fileprivate var isVisible: Bool {
        !openAI.isEmpty
            || events.contains { event in
                if case .usage = event { false } else { true }
            }
    }
}

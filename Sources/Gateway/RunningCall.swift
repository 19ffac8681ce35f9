internal import Core
internal import EventLoop

/// One admitted call: what it was admitted with, and what it has come to so far.
@LoopActor
final class RunningCall {
    private let admitted: AdmittedCall
    /// Monotonic nanoseconds.
    let admittedAt: UInt64
    /// Those of its beginning.
    let settings: GatewaySettings
    let recordsText: Bool

    private(set) var answer: AnswerGatherer
    /// Monotonic nanoseconds of the first event.
    private(set) var firstEventAt: UInt64?
    /// Whether the provider was asked, so that a call which is then given up may have cost something.
    var wasSent = false
    /// The prompt's record while a helper thread makes it; nil when it is made at the end.
    var promptRecord: Task<PromptRecord, Never>?
    private var stream: (any ChatStream)?
    private(set) var isCancelled = false

    init(_ admitted: AdmittedCall, settings: GatewaySettings) {
        self.admitted = admitted
        admittedAt = EventLoop.shared.now
        self.settings = settings
        recordsText = settings.recordsText && admitted.key.recordsText
        // A whole answer is what the client gets. Of a stream only what the record keeps is gathered.
        let isStream = admitted.request.isStream
        let limit = isStream ? (recordsText ? settings.recordedTextLimit : 0) : .max
        answer = AnswerGatherer(limit: limit, keepsDocument: !isStream)
    }

    var request: ChatRequest { admitted.request }
    var key: KeyRecord { admitted.key }
    var context: CallContext { admitted.context }
    var model: ResolvedModel { admitted.model }
    var estimate: HoldEstimate { admitted.estimate }
    var hold: Hold? { admitted.hold }
    var month: BillingMonth { admitted.month }

    /// From here ``cancel()`` closes the provider's connection.
    func begin(_ stream: any ChatStream) {
        self.stream = stream
        if isCancelled { stream.cancel() }
    }

    func take(_ delta: ChatDelta) {
        if firstEventAt == nil { firstEventAt = EventLoop.shared.now }
        answer.take(delta)
    }

    /// The client has gone.
    func cancel() {
        isCancelled = true
        stream?.cancel()
    }

    /// The call has failed: nothing more is read from the provider.
    func abandonStream() { stream?.cancel() }

    var hasStream: Bool { stream != nil }
}

/// What admission hands over. A class, because as a value of more than 1 KB it would stand several times in the frames
/// of a call's task.
final class AdmittedCall: Sendable {
    let request: ChatRequest
    let key: KeyRecord
    let context: CallContext
    let model: ResolvedModel
    let estimate: HoldEstimate
    /// Nil for a key without quota and limits.
    let hold: Hold?
    /// The month of the admission; the fee goes there even when the call ends in the next.
    let month: BillingMonth

    init(
        request: ChatRequest, key: KeyRecord, context: CallContext, model: ResolvedModel, estimate: HoldEstimate,
        hold: Hold?, month: BillingMonth
    ) {
        self.request = request
        self.key = key
        self.context = context
        self.model = model
        self.estimate = estimate
        self.hold = hold
        self.month = month
    }
}

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
    /// Whether a provider works on the call, so that one which is then given up may have cost something.
    private(set) var wasSent = false
    /// The model that is asked now; in the end the one that answered.
    private(set) var model: ResolvedModel
    /// As the client sent it; with files in the place of their URLs, once they are fetched.
    private(set) var request: ChatRequest
    /// What ``model`` may cost.
    private(set) var estimate: HoldEstimate
    private(set) var attempts: [Attempt] = []
    /// The prompt's record while a helper thread makes it; nil when it is made at the end.
    var promptRecord: Task<PromptRecord, Never>?
    private var stream: (any ChatStream)?
    private(set) var isCancelled = false

    /// Its beginning by the clock of its attempts.
    let startedAt: UInt64

    init(_ admitted: AdmittedCall, settings: GatewaySettings, startedAt: UInt64) {
        self.admitted = admitted
        self.startedAt = startedAt
        admittedAt = EventLoop.shared.now
        self.settings = settings
        recordsText = settings.recordsText && admitted.key.recordsText
        // A whole answer is what the client gets. Of a stream only what the record keeps is gathered.
        let isStream = admitted.request.isStream
        let limit = isStream ? (recordsText ? settings.recordedTextLimit : 0) : .max
        model = admitted.model
        request = admitted.request
        estimate = admitted.estimate
        answer = AnswerGatherer(limit: limit, keepsDocument: !isStream)
    }

    var key: KeyRecord { admitted.key }
    var context: CallContext { admitted.context }
    /// The model that the request names.
    var asked: ResolvedModel { admitted.model }
    var hold: Hold? { admitted.hold }
    var month: BillingMonth { admitted.month }

    /// The call goes on to another model.
    func use(_ model: ResolvedModel, estimate: HoldEstimate) {
        self.model = model
        self.estimate = estimate
    }

    /// The files of the request have been fetched.
    func use(_ request: ChatRequest, estimate: HoldEstimate) {
        self.request = request
        self.estimate = estimate
    }

    /// Nobody answered: the call counts as one to the model that was asked for.
    func returnToAsked() { use(asked, estimate: admitted.estimate) }

    func begin(_ attempt: Attempt) {
        attempts.append(attempt)
        sent()
    }

    func sent() { wasSent = true }

    /// The last attempt has failed and is owed nothing; until the next begins the call costs nothing.
    func giveUpAttempt() {
        wasSent = false
        stream = nil
    }

    /// From here ``cancel()`` closes the provider's connection.
    func begin(_ stream: any ChatStream) {
        self.stream = stream
        if isCancelled { stream.cancel() }
    }

    func take(_ delta: ChatDelta) {
        if firstEventAt == nil { firstEventAt = EventLoop.shared.now }
        answer.take(delta)
    }

    /// The client left before it was sent anything: what the provider has counted is what it is owed.
    func keepCounts(of deltas: [ChatDelta]) {
        for delta in deltas { answer.take(delta) }
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

import Core
import EventLoop
import Gateway

@testable import Routes

/// A gateway that plays a script, and remembers what it was asked.
@LoopActor
final class ScriptedGateway: ChatCompleting {
    enum Step {
        case deliver(ChatDelta)
        /// Lets the test do something, or wait, in the middle of the call.
        case run(@LoopActor () async -> Void)
        case fail(GatewayError)
    }

    private let steps: [Step]
    private let usage: TokenUsage
    private(set) var requests: [ChatRequest] = []
    private(set) var calls: [CallContext] = []
    /// What ``deliver`` threw.
    private(set) var deliveryFailure: GatewayError?
    /// What the key's limits are said to be at admission.
    var windows: LimitWindows?
    /// Called when the record would be durable, just before the call returns.
    var onReturn: (@LoopActor () -> Void)?

    init(_ steps: [Step], usage: TokenUsage = TokenUsage(input: 3, output: 2)) {
        self.steps = steps
        self.usage = usage
    }

    func chat(
        _ request: ChatRequest, for key: KeyRecord, call: CallContext,
        deliver: @LoopActor (ChatDelta) async throws(GatewayError) -> Void
    ) async throws(GatewayError) -> ChatOutcome {
        requests.append(request)
        calls.append(call)
        call.limits?.windows = windows
        var answer = ChatAnswer()
        for step in steps {
            switch step {
            case .deliver(let delta):
                for event in delta.events { answer.add(event) }
                if !request.isStream, let own = delta.openAI.last { answer.openAI = own }
                do throws(GatewayError) {
                    try await deliver(delta)
                } catch {
                    deliveryFailure = error
                    throw error
                }
            case .run(let body): await body()
            case .fail(let error): throw error
            }
        }
        onReturn?()
        return ChatOutcome(
            answer: answer, usage: usage, isEstimated: false, fee: .zero, thread: ThreadID(rawValue: 1))
    }
}

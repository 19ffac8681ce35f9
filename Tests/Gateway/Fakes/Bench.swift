import Core
import EventLoop
import TestSupport

@testable import Gateway
@testable import Providers

/// A gateway over fakes, with one model and one key.
@LoopActor
final class Bench {
    let events = EventLog()
    let ledger: FakeLedger
    let models = FakeModelStore()
    let provider: ScriptedProvider
    let metrics = CountingMetrics()
    let log = LogCatcher()
    let clock = ManualClock()
    let pacing = ManualPacing()
    /// Of another dialect, as a fallback may be.
    let other: ScriptedProvider
    let gateway: ChatGateway
    var key: KeyRecord
    private(set) var delivered: [ChatDelta] = []
    /// Thrown by `deliver` at the delta of that number.
    var deliverFailure: (at: Int, error: GatewayError)?

    init(
        config: JSONObject = [:], prices: PriceList? = nil, quota: Money? = .dollars("1000"), maximum: Int? = nil,
        fetcher: (any FileFetcher)? = nil, takesAddresses: Bool = true
    ) {
        ledger = FakeLedger(events)
        provider = ScriptedProvider(events, maximum: maximum, takesAddresses: takesAddresses)
        other = ScriptedProvider(events, name: "other")
        key = KeyRecord(
            id: KeyID(rawValue: 3), name: "alice", role: .user, maskedKey: "br-abc...wxyz", monthQuota: quota,
            createdAt: clock.now, updatedAt: clock.now)
        // 3 and 15 dollars per million tokens.
        let prices = prices ?? PriceList(input: .dollars("3"), output: .dollars("15"))
        models.records = [
            ModelRecord(
                id: ModelID(rawValue: 1), name: "m", provider: "scripted", config: config, isMultimodal: false,
                prices: prices, version: 1, createdAt: clock.now, updatedAt: clock.now)
        ]
        models.usable = [ModelID(rawValue: 1)]
        gateway = ChatGateway(
            models: models, ledger: ledger, providers: ProviderRegistry([provider, other, EchoProvider()]),
            clock: clock, metrics: metrics, logger: log.logger, pacing: pacing, fetcher: fetcher)
        gateway.settings.settleRetries = [.zero, .zero, .zero]
    }

    /// Another model that the key may use, with prices in dollars per million tokens.
    func addModel(
        _ name: String, provider: String = "other", input: String = "3", output: String = "15",
        config: JSONObject = [:], mayUse: Bool = true
    ) {
        let id = ModelID(rawValue: Int64(models.records.count + 1))
        models.records.append(
            ModelRecord(
                id: id, name: name, provider: provider, config: config, isMultimodal: false,
                prices: PriceList(input: .dollars(input), output: .dollars(output)), version: 1, createdAt: clock.now,
                updatedAt: clock.now))
        if mayUse { models.usable.insert(id) }
    }

    /// The call's outcome, or the error it threw.
    func chat(
        _ request: ChatRequest = .hello, session: String? = nil, limits: LimitReport? = nil
    ) async -> Result<ChatOutcome, GatewayError> {
        do throws(GatewayError) {
            return .success(
                try await gateway.chat(
                    request, for: key, call: CallContext(requestID: "req-1", sessionID: session, limits: limits)
                ) { delta throws(GatewayError) in
                    if let failure = self.deliverFailure, self.delivered.count == failure.at { throw failure.error }
                    self.delivered.append(delta)
                })
        } catch {
            return .failure(error)
        }
    }

    /// Makes the call in a task of its own that the scripted provider can cancel through `whenReady`.
    func chatCancelled(
        _ request: ChatRequest = .hello, install: @LoopActor (@escaping @LoopActor () -> Void) -> Void
    ) async -> Result<ChatOutcome, GatewayError> {
        let box = TaskBox()
        install { box.task?.cancel() }
        let task = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in await self.chat(request) }
        box.task = task
        return await task.value
    }

    var settlement: Settlement? { ledger.settlements.count == 1 ? ledger.settlements[0] : nil }
    var record: CallRecord? { settlement?.call }
}

@LoopActor
private final class TaskBox {
    var task: Task<Result<ChatOutcome, GatewayError>, Never>?
}

extension Money {
    static func dollars(_ text: String) -> Money {
        guard let money = Money(dollars: text) else { preconditionFailure("no amount: \(text)") }
        return money
    }
}

extension ChatRequest {
    /// A streamed call whose only text has 12 bytes.
    static var hello: ChatRequest {
        var request = ChatRequest(model: "m", messages: [ChatMessage(.user, [.text("Hello there!")])])
        request.isStream = true
        return request
    }
}

extension Result {
    var error: Failure? { if case .failure(let error) = self { error } else { nil } }
    var value: Success? { if case .success(let value) = self { value } else { nil } }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway
@testable import Providers

/// Embeds with a list of usages, and then perhaps fails.
@LoopActor
private final class FakeEmbedder: ChatProvider, EmbeddingProvider {
    nonisolated let name = "embedder"
    nonisolated let summary = "For tests."
    nonisolated let fields: [ConfigField] = []
    var usages: [TokenUsage] = []
    var failure: GatewayError?
    private(set) var calls = 0

    nonisolated func check(_ config: JSONObject) throws(GatewayError) {}

    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream {
        throw .internal(cause: "not for chat")
    }

    func embed(
        _ request: EmbeddingRequest, on target: ProviderTarget, used: @LoopActor (TokenUsage) -> Void
    ) async throws(GatewayError) -> [Embedding] {
        calls += 1
        for usage in usages { used(usage) }
        await Task.yield()
        if let failure { throw failure }
        return request.inputs.map { _ in .floats([1]) }
    }
}

@LoopActor
private final class EmbeddingBench {
    let ledger = FakeLedger(EventLog())
    let models = FakeModelStore()
    let embedder = FakeEmbedder()
    let metrics = CountingMetrics()
    let clock = ManualClock()
    let gateway: ChatGateway
    let key: KeyRecord

    init(provider: String = "embedder") {
        key = KeyRecord(
            id: KeyID(rawValue: 3), name: "alice", role: .user, maskedKey: "br-abc...wxyz",
            monthQuota: .dollars("1"), createdAt: clock.now, updatedAt: clock.now)
        models.records = [
            ModelRecord(
                id: ModelID(rawValue: 1), name: "m", provider: provider, config: [:], isMultimodal: false,
                prices: PriceList(input: .dollars("2"), output: .dollars("9")), version: 1, createdAt: clock.now,
                updatedAt: clock.now)
        ]
        models.usable = [ModelID(rawValue: 1)]
        let scripted = ScriptedProvider(EventLog())
        gateway = ChatGateway(
            models: models, ledger: ledger, providers: ProviderRegistry([scripted, embedder]), clock: clock,
            metrics: metrics, logger: LogCatcher().logger)
        gateway.settings.settleRetries = []
    }

    func embed(_ inputs: [EmbeddingRequest.Input]) async -> Result<WorkOutcome<[Embedding]>, GatewayError> {
        do throws(GatewayError) {
            return .success(
                try await gateway.embed(
                    EmbeddingRequest(model: "m", inputs: inputs), for: key, call: CallContext(requestID: "r")))
        } catch {
            return .failure(error)
        }
    }
}

@Suite struct EmbeddingCallTests {
    @Test("A call is held by the size of its inputs, and billed by the sum of what its parts used")
    func billed() async throws {
        try await onLoop {
            let bench = EmbeddingBench()
            bench.embedder.usages = [TokenUsage(input: 10), TokenUsage(input: 5)]
            let outcome = try #require(await bench.embed([.text("Hello there!"), .tokens([1, 2, 3])]).value)
            #expect(outcome.answer.count == 2)
            #expect(outcome.usage == TokenUsage(input: 15))
            // 12 bytes are 4 tokens; 3 tokens as they are; 8 for each input; 2 dollars for a million.
            let hold = try #require(bench.ledger.holds.first)
            #expect(hold.tokens == 23)
            #expect(hold.amount == Money(nanodollars: 46_000))
            let call = try #require(bench.ledger.settlements.first?.call)
            #expect(call.status == .ok && !call.isEstimated && !call.isStream)
            #expect(call.fee == Money(nanodollars: 30_000))
            #expect(call.prompt == "[1,2,3]" && call.completion.isEmpty)
            #expect(bench.metrics[.callsOK] == 1 && bench.metrics[.callsInFlight] == 0)
        }
    }

    @Test("A provider that tells no usage is paid by an estimate without what frames of messages would take")
    func estimated() async throws {
        try await onLoop {
            let bench = EmbeddingBench()
            let outcome = try #require(await bench.embed([.text("Hello there!")]).value)
            #expect(outcome.usage == TokenUsage(input: 4))
            #expect(bench.ledger.settlements.first?.call.isEstimated == true)
        }
    }

    @Test("What was used before a failure is paid; a failure before anything was used costs nothing")
    func failures() async throws {
        try await onLoop {
            for (usages, fee) in [([TokenUsage(input: 10)], 20_000), ([], 0)] {
                let bench = EmbeddingBench()
                bench.embedder.usages = usages
                bench.embedder.failure = .upstream("It failed.")
                #expect(await bench.embed([.text("a")]).error?.status == 502)
                let call = try #require(bench.ledger.settlements.first?.call)
                #expect(call.status == .error && call.errorCode == "upstream_error")
                #expect(call.fee == Money(nanodollars: Int64(fee)))
            }
        }
    }

    @Test("A model whose provider makes no embeddings is refused before anything is held or recorded")
    func otherProvider() async throws {
        try await onLoop {
            let bench = EmbeddingBench(provider: "scripted")
            let error = await bench.embed([.text("a")]).error
            #expect(error?.status == 400 && error?.param == "model")
            #expect(bench.ledger.holds.isEmpty && bench.ledger.settlements.isEmpty)
        }
    }

    @Test("A key with nothing left is refused, and the provider is not asked")
    func exhausted() async throws {
        try await onLoop {
            let bench = EmbeddingBench()
            bench.ledger.admission = .exhausted
            #expect(await bench.embed([.text("a")]).error?.code == "insufficient_quota")
            #expect(bench.embedder.calls == 0 && bench.metrics[.refusedQuota] == 1)
        }
    }
}

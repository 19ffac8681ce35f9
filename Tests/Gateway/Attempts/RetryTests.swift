import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("A failed attempt")
struct RetryTests {
    private static let good: [ScriptedProvider.Step] = [
        .tell(ChatDelta([.text("Hi")])), .tell(ChatDelta([.finish(.stop), .usage(TokenUsage(input: 10, output: 4))])),
    ]
    private static let throttled = GatewayError.rateLimited("slow down", retryAfterSeconds: 3)
    private static let overloaded = GatewayError.upstream(status: 503, code: "overloaded", "Overloaded.")

    @Test("is followed by another, and the call is one row, one request and one answer")
    func recovered() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.earlier = [.refuse(Self.overloaded), .refuse(Self.overloaded)]
            bench.provider.steps = Self.good
            let outcome = try #require(await bench.chat().value)
            #expect(outcome.answer.text == "Hi" || bench.record?.completion == "Hi")
            #expect(bench.delivered.count == 2)
            #expect(bench.ledger.settlements.count == 1)
            #expect(bench.ledger.holds.count == 1)
            let record = try #require(bench.record)
            #expect(record.status == .ok)
            #expect(record.fee == Money(nanodollars: 10 * 3_000 + 4 * 15_000))
            #expect(record.attempts.map(\.status) == [503, 503, 200])
            #expect(record.attempts.map(\.code) == ["overloaded", "overloaded", nil])
            #expect(record.attempts.allSatisfy { $0.model == "m" && $0.provider == "scripted" && $0.region == nil })
            #expect(bench.metrics[.upstreamRequests] == 3)
            #expect(bench.metrics[.attemptsFailed] == 2)
            #expect(bench.metrics[.attemptsOK] == 1)
            #expect(bench.metrics[.callsOK] == 1)
            #expect(bench.metrics[.callsInFlight] == 0)
        }
    }

    @Test("is followed by pauses that double, each a random part of its length")
    func backoff() async throws {
        try await onLoop {
            let bench = Bench(config: ["maxRetries": 4])
            bench.provider.openError = Self.overloaded
            #expect(await bench.chat().error?.code == "overloaded")
            #expect(bench.pacing.waits == [200, 400, 800, 1600].map { .milliseconds($0) })
            #expect(bench.provider.targets.count == 5)
            #expect(bench.record?.fee == .zero)
            #expect(bench.record?.status == .error)
        }
        let policy = RetryPolicy()
        #expect(policy.pause(retry: 0, asked: .zero, fraction: 0) == .zero)
        #expect(policy.pause(retry: 0, asked: .zero, fraction: 0.5) == .milliseconds(100))
        #expect(policy.pause(retry: 60, asked: .zero, fraction: 1) == .seconds(5))
        #expect(policy.pause(retry: 0, asked: .seconds(10), fraction: 1) == .milliseconds(10_200))
        #expect(policy.pause(retry: 0, asked: .seconds(11), fraction: 1) == nil)
    }

    @Test("that asks to wait is waited for, and one that asks for too long is told to the client at once")
    func retryAfter() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.earlier = [.refuse(Self.throttled)]
            bench.provider.steps = Self.good
            #expect(await bench.chat().value != nil)
            #expect(bench.pacing.waits == [.milliseconds(3200)])
            #expect(bench.metrics[.attemptsThrottled] == 1)

            let hasty = Bench()
            hasty.provider.openError = .rateLimited("slow down", retryAfterSeconds: 60)
            #expect(await hasty.chat().error?.retryAfterSeconds == 60)
            #expect(hasty.pacing.waits.isEmpty)
            #expect(hasty.provider.targets.count == 1)
        }
    }

    @Test(
        "is repeated as often as its kind allows (conformance 5.10)",
        arguments: [
            (GatewayError.invalid("bad"), 1), (.notFound("no model", code: "model_not_found"), 1),
            (.tooLarge("large"), 1), (.upstream(code: "upstream_auth", "refused"), 1),
            (.upstream(status: 504, code: "upstream_timeout", "late"), 2), (.upstream("failed"), 2),
            (.truncated(), 2), (.upstream(status: 500, "failed"), 4), (Self.overloaded, 4),
            (.upstream(code: "upstream_unreachable", "gone"), 4), (.internal(cause: "ours"), 1),
        ])
    func kinds(error: GatewayError, attempts: Int) async throws {
        try await onLoop {
            let bench = Bench(config: ["maxRetries": 3])
            bench.provider.openError = error
            #expect(await bench.chat().error?.code == error.code)
            #expect(bench.provider.targets.count == attempts)
            #expect(bench.record?.attempts.count == attempts)
        }
    }

    @Test("is final where the model says so, and where the client saw something of its answer")
    func final() async throws {
        try await onLoop {
            let never = Bench(config: ["maxRetries": 0])
            never.provider.openError = Self.overloaded
            #expect(await never.chat().error?.status == 503)
            #expect(never.provider.targets.count == 1)

            let begun = Bench()
            begun.provider.steps = [.tell(ChatDelta([.text("Hi")])), .fail(Self.overloaded)]
            #expect(await begun.chat().error?.status == 503)
            #expect(begun.provider.targets.count == 1)
            let record = try #require(begun.record)
            #expect(record.attempts.map(\.status) == [200])
            #expect(record.attempts.map(\.code) == ["overloaded"])
            #expect(record.usage.output == 1)
            #expect(begun.metrics[.attemptsFailed] == 1)
            #expect(begun.metrics[.attemptsOK] == 0)
        }
    }

    @Test("in a stream before its first piece is followed by another; counts that came with it are not billed")
    func beforeTheFirstPiece() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.earlier = [
                .answer([.tell(ChatDelta([.usage(TokenUsage(input: 900, output: 1))])), .fail(Self.overloaded)])
            ]
            bench.provider.steps = [.tell(ChatDelta([.text("123456"), .finish(.stop)]))]
            #expect(await bench.chat().value != nil)
            #expect(bench.record?.usage == TokenUsage(input: 4, output: 2))
            #expect(bench.record?.attempts.map(\.status) == [503, 200])
            #expect(bench.delivered.count == 1)
        }
    }

    @Test("An answer without a visible piece is an answer, and its provider is not asked on after its end")
    func silentAnswer() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [.tell(ChatDelta([.usage(TokenUsage(input: 9))]))]
            let outcome = try #require(await bench.chat().value)
            #expect(outcome.usage == TokenUsage(input: 9))
            #expect(bench.provider.targets.count == 1)
        }
    }

    @Test("The time of the call bounds all attempts together")
    func deadline() async throws {
        try await onLoop {
            let bench = Bench(config: ["maxRetries": 10, "timeouts": ["total_ms": 1000]])
            bench.provider.openError = Self.overloaded
            #expect(await bench.chat().error?.status == 503)
            // 200 and 400 ms fit, 800 more do not.
            #expect(bench.pacing.waits.count == 2)
            let limits = bench.provider.targets.map(\.timeLimit)
            #expect(limits.first == .some(nil))
            #expect(limits.last == .some(.milliseconds(400)))
        }
    }

    @Test("A client that leaves during a pause pays nothing, and nobody is asked again")
    func leftDuringPause() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.openError = Self.overloaded
            let result = await bench.chatCancelled { cancel in bench.pacing.onWait = cancel }
            #expect(result.error?.isCancelled == true)
            #expect(bench.provider.targets.count == 1)
            #expect(bench.record?.status == .cancelled)
            #expect(bench.record?.fee == .zero)
            #expect(bench.record?.isEstimated == false)
            #expect(bench.record?.attempts.map(\.code) == ["overloaded"])
        }
    }
}

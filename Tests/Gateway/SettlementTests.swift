import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("Every admitted call is settled")
struct SettlementTests {
    @Test("A complete stream is delivered, billed by the provider's usage, and recorded before the call returns")
    func complete() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [
                .tell(ChatDelta([.text("Hi ")])), .tell(ChatDelta([.text("you"), .finish(.stop)])),
                .tell(ChatDelta([.usage(TokenUsage(input: 10, output: 4))])),
            ]
            let outcome = try #require(await bench.chat(session: "s1").value)
            #expect(bench.delivered.count == 3)
            #expect(outcome.usage == TokenUsage(input: 10, output: 4))
            #expect(!outcome.isEstimated)
            #expect(outcome.fee == Money(nanodollars: 10 * 3_000 + 4 * 15_000))
            let settlement = try #require(bench.settlement)
            #expect(settlement.hold == bench.ledger.admission.hold)
            #expect(settlement.month.text == "2026-11")
            #expect(settlement.requestID == "req-1")
            #expect(settlement.session == SessionReference(key: "s1", title: "Hello there!"))
            let record = settlement.call
            #expect(record.status == .ok)
            #expect(record.completion == "Hi you")
            #expect(record.prompt == "Hello there!")
            #expect(record.wholePrompt == #"[{"role":"user","content":"Hello there!"}]"#)
            #expect(record.finishReason == "stop")
            #expect(record.errorCode == nil)
            #expect(record.isStream)
            #expect(record.firstByteLatency != nil)
            #expect(record.fee == outcome.fee)
            #expect(bench.metrics[.callsOK] == 1)
            #expect(bench.metrics[.callsInFlight] == 0)
            #expect(bench.metrics[.tokensIn] == 10)
            #expect(bench.metrics[.tokensOut] == 4)
            #expect(bench.metrics[.feeNanodollars] == 90_000)
            #expect(bench.log.lines.isEmpty)
        }
    }

    @Test("A complete answer without usage is billed by an estimate that is marked as one")
    func noUsage() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [.tell(ChatDelta([.text("1234567"), .finish(.stop)]))]
            let outcome = try #require(await bench.chat().value)
            #expect(outcome.isEstimated)
            // 12 bytes of prompt, 7 of answer, three to a token.
            #expect(outcome.usage == TokenUsage(input: 4, output: 3))
            #expect(bench.record?.isEstimated == true)
        }
    }

    @Test("A refusal by the provider costs nothing, and is recorded as an error")
    func refused() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.openError = .rateLimited("slow down", retryAfterSeconds: 4)
            let error = try #require(await bench.chat().error)
            #expect(error.status == 429)
            #expect(error.retryAfterSeconds == 4)
            let record = try #require(bench.record)
            #expect(record.status == .error)
            #expect(record.errorCode == "rate_limit_exceeded")
            #expect(record.fee == .zero)
            #expect(record.usage == TokenUsage())
            #expect(!record.isEstimated)
            #expect(record.firstByteLatency == nil)
            #expect(bench.metrics[.callsError] == 1)
            #expect(bench.metrics[.callsInFlight] == 0)
        }
    }

    @Test("A failure after the status but before the first token costs nothing")
    func failedBeforeToken() async throws {
        try await onLoop {
            for error in [GatewayError.upstream("bad"), .truncated()] {
                let bench = Bench()
                bench.provider.steps = [.fail(error)]
                #expect(await bench.chat().error?.code == error.code)
                #expect(bench.record?.fee == .zero)
                #expect(bench.record?.isEstimated == false)
            }
        }
    }

    @Test("A failure after tokens is billed by an estimate and recorded as an error")
    func failedAfterTokens() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [
                .tell(ChatDelta([.text("123")])), .tell(ChatDelta([.reasoning("456")])),
                .fail(.upstream(status: 503, code: "overloaded", "Busy.", cause: "status 503")),
            ]
            #expect(await bench.chat().error?.code == "overloaded")
            let record = try #require(bench.record)
            #expect(record.status == .error)
            #expect(record.errorCode == "overloaded")
            #expect(record.usage == TokenUsage(input: 4, output: 2))
            #expect(record.isEstimated)
            #expect(record.fee == Money(nanodollars: 4 * 3_000 + 2 * 15_000))
            #expect(record.completion == "123")
            #expect(record.reasoning == "456")
            #expect(bench.events.entries == ["provider cancelled", "settled"])
            #expect(bench.log.lines.count == 1)
            #expect(bench.log.lines[0].contains("request_id=req-1"))
            #expect(bench.log.lines[0].contains("cause=status 503"))
            #expect(!bench.log.lines[0].contains("Hello"))
        }
    }

    @Test("An early end is recorded as truncated and billed by the usage received")
    func truncated() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [
                .tell(ChatDelta([.text("abc"), .usage(TokenUsage(input: 9, output: 1))])), .fail(.truncated()),
            ]
            #expect(await bench.chat().error?.code == GatewayError.truncatedCode)
            #expect(bench.record?.status == .truncated)
            #expect(bench.record?.usage == TokenUsage(input: 9, output: 1))
            #expect(bench.record?.isEstimated == false)
            #expect(bench.metrics[.callsTruncated] == 1)
        }
    }

    @Test("A usage report from before the end of a broken answer is completed by an estimate of the rest")
    func staleUsage() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [
                .tell(ChatDelta([.usage(TokenUsage(input: 9, output: 1))])), .tell(ChatDelta([.text("123456")])),
                .fail(.truncated()),
            ]
            _ = await bench.chat()
            #expect(bench.record?.usage == TokenUsage(input: 9, output: 3))
            #expect(bench.record?.isEstimated == true)
        }
    }

    @Test("Refusals of admission write no record and keep their own status")
    func notAdmitted() async throws {
        try await onLoop {
            let cases: [(Admission, Int, String, Int?, MetricCounter)] = [
                (.held, 429, "rate_limit_exceeded", 1, .refusedHeld),
                (.exhausted, 429, "insufficient_quota", nil, .refusedQuota),
                (.gone, 401, "invalid_api_key", nil, .refusedKey),
            ]
            for (admission, status, code, retryAfter, counter) in cases {
                let bench = Bench()
                bench.ledger.admission = admission
                let error = try #require(await bench.chat().error)
                #expect(error.status == status)
                #expect(error.code == code)
                #expect(error.retryAfterSeconds == retryAfter)
                #expect(bench.ledger.attempts == 0)
                #expect(bench.provider.targets.isEmpty)
                #expect(bench.metrics[counter] == 1)
            }
            let bench = Bench()
            bench.ledger.admissionError = .unavailable("disk")
            #expect(await bench.chat().error?.status == 503)
            #expect(bench.provider.targets.isEmpty)
        }
    }

    @Test("A call of a key without a quota holds nothing, and is billed all the same")
    func withoutQuota() async throws {
        try await onLoop {
            let bench = Bench(quota: nil)
            bench.provider.steps = [
                .tell(ChatDelta([.text("a"), .finish(.stop), .usage(TokenUsage(input: 1, output: 1))]))
            ]
            // Each settlement but the last fails, and the later ones say that they repeat the first.
            bench.ledger.settleErrors = [.unavailable("disk"), .unavailable("disk")]
            _ = try #require(await bench.chat().value)
            #expect(bench.ledger.holds.isEmpty)
            #expect(bench.settlement?.hold == nil)
            #expect(bench.settlement?.isRepeated == true)
            #expect(bench.settlement?.call.fee == Money(nanodollars: 18_000))
        }
    }

    @Test("The fee goes to the month of the admission")
    func monthOfAdmission() async throws {
        try await onLoop {
            let bench = Bench()
            bench.clock.set("2026-11-30T23:59:59Z")
            bench.provider.steps = [.tell(ChatDelta([.text("a"), .finish(.stop)]))]
            bench.provider.onOpen = { bench.clock.set("2026-12-01T00:00:01Z") }
            _ = await bench.chat()
            #expect(bench.settlement?.month.text == "2026-11")
            #expect(bench.ledger.holds.first?.month.text == "2026-11")
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("Storage that fails at the end of a call")
struct StorageTroubleTests {
    @Test("A settlement that succeeds at a later attempt is a success, recorded once")
    func recovers() async throws {
        try await onLoop {
            let bench = Bench()
            bench.gateway.settings.settleRetries = [.milliseconds(1), .milliseconds(1)]
            bench.ledger.settleErrors = [.unavailable("busy"), .unavailable("busy")]
            bench.provider.steps = [.tell(ChatDelta([.text("a"), .finish(.stop)]))]
            #expect(await bench.chat().value != nil)
            #expect(bench.ledger.attempts == 3)
            #expect(bench.ledger.settlements.count == 1)
            #expect(bench.log.lines.isEmpty)
        }
    }

    @Test("A settlement that never succeeds is an error to the client, and its numbers are logged without the prompt")
    func givesUp() async throws {
        try await onLoop {
            let bench = Bench()
            bench.ledger.settleErrors = Array(repeating: .unavailable("disk full"), count: 9)
            bench.provider.steps = [
                .tell(ChatDelta([.text("secret answer"), .finish(.stop), .usage(TokenUsage(input: 10, output: 4))]))
            ]
            let error = try #require(await bench.chat().error)
            #expect(error.status == 503)
            #expect(error.code == "storage_unavailable")
            #expect(bench.ledger.attempts == 4)
            let line = try #require(bench.log.lines.first)
            #expect(line.hasPrefix("error "))
            for part in ["request_id=req-1", "fee_nanodollars=90000", "tokens_in=10", "tokens_out=4", "month=2026-11"] {
                #expect(line.contains(part))
            }
            #expect(!line.contains("Hello"))
            #expect(!line.contains("secret answer"))
            #expect(bench.metrics[.callsInFlight] == 0)
        }
    }

    @Test("A failure that no retry mends is not tried again")
    func permanent() async throws {
        try await onLoop {
            let bench = Bench()
            bench.ledger.settleErrors = [.notFound("key")]
            bench.provider.steps = [.tell(ChatDelta([.text("a"), .finish(.stop)]))]
            #expect(await bench.chat().error?.status == 503)
            #expect(bench.ledger.attempts == 1)
        }
    }

    @Test("When the provider failed too, the client is told of the provider")
    func providerFirst() async throws {
        try await onLoop {
            let bench = Bench()
            bench.ledger.settleErrors = Array(repeating: .unavailable("disk full"), count: 9)
            bench.provider.openError = .upstream(status: 504, code: "upstream_timeout", "Too slow.")
            #expect(await bench.chat().error?.code == "upstream_timeout")
        }
    }
}

import Core
import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("Calls of keys with limits")
struct LimitTests {
    /// What the call's hold was told when it was given back.
    private final class Seen: Sendable {
        private let kept = Mutex<[Hold.Use]>([])
        var uses: [Hold.Use] { kept.withLock { $0 } }
        func hold(_ windows: LimitWindows? = nil) -> Hold {
            Hold(windows: windows) { [self] use, _ in kept.withLock { $0.append(use) } }
        }
    }

    @Test("A key with a limit and no quota places a hold without an amount; one with neither places none")
    func request() async throws {
        try await onLoop {
            let bench = Bench(quota: nil, maximum: 500)
            bench.key.requestsPerMinute = 5
            bench.key.tokensPerMinute = 6
            bench.key.maxParallel = 7
            _ = await bench.chat()
            let hold = try #require(bench.ledger.holds.first)
            #expect(hold.amount == nil)
            #expect(hold.limits == KeyLimits(requestsPerMinute: 5, tokensPerMinute: 6, parallel: 7))
            // 12 bytes of prompt, 8 tokens for the message, and the model's longest answer.
            #expect(hold.tokens == 4 + 8 + 500)

            let free = Bench(quota: nil)
            _ = await free.chat()
            #expect(free.ledger.holds.isEmpty)
        }
    }

    @Test("A key with a quota asks for money and limits at once")
    func quota() async throws {
        try await onLoop {
            let bench = Bench()
            bench.key.maxParallel = 2
            _ = await bench.chat()
            #expect(bench.ledger.holds.count == 1)
            #expect(bench.ledger.holds.first?.amount != nil)
            #expect(bench.ledger.holds.first?.limits == KeyLimits(parallel: 2))
        }
    }

    @Test("A refusal is 429 with the limit's name and value and the time to wait, and the provider is not asked")
    func refused() async throws {
        try await onLoop {
            let windows = LimitWindows(requests: LimitWindows.Window(limit: 20, remaining: 0, resetSeconds: 9))
            let cases: [(LimitRefusal.Limit, [String])] = [
                (.requestsPerMinute, ["20 requests a minute", "rpm", "9 s"]),
                (.tokensPerMinute, ["20 tokens a minute", "tpm", "9 s"]),
                (.parallel, ["20 calls at a time", "max_parallel"]),
            ]
            for (limit, words) in cases {
                let bench = Bench()
                bench.key.requestsPerMinute = 20
                bench.ledger.admission = .limited(
                    LimitRefusal(limit, value: 20, retryAfterSeconds: 9, windows: windows))
                let report = LimitReport()
                let error = try #require(await bench.chat(limits: report).error)
                #expect(error.status == 429)
                #expect(error.code == "rate_limit_exceeded")
                #expect(error.retryAfterSeconds == 9)
                for word in words { #expect(error.message.contains(word), "\(error.message)") }
                #expect(report.windows == windows)
                #expect(bench.metrics[.refusedLimit] == 1)
                #expect(bench.provider.targets.isEmpty)
                #expect(bench.ledger.attempts == 0)
            }
        }
    }

    @Test("A refusal for money tells where the key stands with its limits")
    func refusedForMoney() async throws {
        try await onLoop {
            for admission in [Admission.held, .exhausted] {
                let bench = Bench()
                bench.key.requestsPerMinute = 20
                bench.ledger.admission = admission
                let windows = LimitWindows(requests: LimitWindows.Window(limit: 20, remaining: 3, resetSeconds: 9))
                bench.ledger.windows = windows
                let report = LimitReport()
                #expect(await bench.chat(limits: report).error?.status == 429)
                #expect(report.windows == windows)
            }
        }
    }

    @Test("The windows of the admission are known before the first piece is delivered")
    func windows() async throws {
        try await onLoop {
            let bench = Bench()
            let windows = LimitWindows(tokens: LimitWindows.Window(limit: 9, remaining: 1, resetSeconds: 61))
            bench.ledger.admission = .admitted(Seen().hold(windows))
            let report = LimitReport()
            bench.provider.onOpen = { #expect(report.windows == windows) }
            _ = await bench.chat(limits: report)
            #expect(bench.provider.targets.count == 1)
        }
    }

    @Test("The hold is told the tokens that were used, and whether the call counts as a request")
    func use() async throws {
        try await onLoop {
            let text = ScriptedProvider.Step.tell(ChatDelta([.text("123456")]))
            let usage = ScriptedProvider.Step.tell(ChatDelta([.usage(TokenUsage(input: 10, output: 4, cacheRead: 3))]))
            let failure = ScriptedProvider.Step.fail(.upstream("bad"))
            let cases: [([ScriptedProvider.Step], Hold.Use)] = [
                ([text, usage], Hold.Use(tokens: 17, isRequest: true)),
                ([failure], Hold.Use(tokens: 0, isRequest: false)),
                ([text, failure], Hold.Use(tokens: 6, isRequest: true)),
                // Counts without a token: nothing came of the attempt, and it is owed nothing.
                ([usage, failure], Hold.Use(tokens: 0, isRequest: false)),
            ]
            for (steps, expected) in cases {
                let bench = Bench()
                let seen = Seen()
                bench.ledger.admission = .admitted(seen.hold())
                bench.provider.steps = steps
                _ = await bench.chat()
                bench.settlement?.hold?.release()
                #expect(seen.uses == [expected])
            }
        }
    }

    @Test("A provider that refuses the call leaves the limits as they were; storage that fails does not")
    func failures() async throws {
        try await onLoop {
            let seen = Seen()
            let bench = Bench()
            bench.ledger.admission = .admitted(seen.hold())
            bench.provider.openError = .rateLimited("slow", retryAfterSeconds: 1)
            _ = await bench.chat()
            bench.settlement?.hold?.release()
            #expect(seen.uses == [Hold.Use(tokens: 0, isRequest: false)])

            let lost = Seen()
            let broken = Bench()
            broken.ledger.admission = .admitted(lost.hold())
            broken.provider.steps = [.tell(ChatDelta([.usage(TokenUsage(input: 2, output: 1)), .text("")]))]
            broken.ledger.settleErrors = Array(repeating: .unavailable("disk"), count: 9)
            #expect(await broken.chat().error?.status == 503)
            broken.ledger.admission = .held
            // Nobody has the hold any more, so it was given back with what the call came to.
            #expect(lost.uses == [Hold.Use(tokens: 3, isRequest: true)])
        }
    }
}

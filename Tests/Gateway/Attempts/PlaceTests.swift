import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("The places of a model")
struct PlaceTests {
    private static let good: [ScriptedProvider.Step] = [
        .tell(ChatDelta([.text("Hi"), .finish(.stop), .usage(TokenUsage(input: 1, output: 1))]))
    ]
    private static let three: JSONObject = ["regions": ["a", "b", "c"]]

    @LoopActor private static func regions(_ bench: Bench) -> [String] {
        bench.provider.targets.map { $0.endpoint?.region ?? "" }
    }

    @Test("take turns; the calls of a session stay at one")
    func turns() async throws {
        try await onLoop {
            let bench = Bench(config: Self.three)
            bench.provider.steps = Self.good
            for _ in 0..<6 { _ = await bench.chat() }
            #expect(Set(Self.regions(bench).prefix(3)) == ["a", "b", "c"])
            #expect(Self.regions(bench).prefix(3) == Self.regions(bench).suffix(3))

            let session = Bench(config: Self.three)
            session.provider.steps = Self.good
            for _ in 0..<4 { _ = await session.chat(session: "s1") }
            #expect(Set(Self.regions(session)).count == 1)
        }
    }

    @Test("stand in for one that is down at once, and it is left alone afterwards")
    func down() async throws {
        try await onLoop {
            let bench = Bench(config: Self.three)
            bench.provider.steps = Self.good
            bench.provider.down = ["b"]
            for _ in 0..<30 { #expect(await bench.chat().value != nil) }
            #expect(bench.pacing.waits.isEmpty)
            // Once, then its cooldown.
            #expect(Self.regions(bench).count { $0 == "b" } == 1)
            let attempts = bench.ledger.settlements.map(\.call.attempts).filter { $0.count > 1 }
            #expect(attempts.count == 1)
            #expect(attempts[0].map(\.region) == ["b", "c"])
            #expect(attempts[0].map(\.code) == ["upstream_unreachable", nil])
        }
    }

    @Test("open their circuit after repeated failures, are tried by one call later, and close it when that goes well")
    func circuit() async throws {
        try await onLoop {
            let bench = Bench(config: ["regions": ["a", "b"]])
            bench.provider.steps = Self.good
            bench.provider.down = ["b"]
            while bench.metrics[.circuitsOpened] == 0, bench.provider.targets.count < 100 {
                #expect(await bench.chat().value != nil)
                bench.pacing.advance(.seconds(10))
            }
            #expect(bench.metrics[.circuitsOpen] == 1)
            #expect(Self.regions(bench).count { $0 == "b" } == Circuit.threshold)
            #expect(bench.log.lines.count == 1)
            #expect(bench.log.lines[0].contains("region=b"))

            bench.provider.down = []
            bench.pacing.advance(.seconds(15))
            for _ in 0..<2 { #expect(await bench.chat().value != nil) }
            #expect(bench.metrics[.circuitsOpen] == 0)
            #expect(Self.regions(bench).suffix(2).contains("b"))
        }
    }

    @Test("are asked also while they are set aside, when there is no other")
    func nothingElse() async throws {
        try await onLoop {
            let bench = Bench(config: ["maxRetries": 0])
            bench.provider.openError = .upstream(code: "upstream_unreachable", "gone")
            for _ in 0..<10 { #expect(await bench.chat().error != nil) }
            #expect(bench.metrics[.circuitsOpen] == 1)
            #expect(bench.provider.targets.count == 10)
            bench.provider.openError = nil
            bench.provider.steps = Self.good
            #expect(await bench.chat().value != nil)
            #expect(bench.metrics[.circuitsOpen] == 0)
        }
    }

    @Test("with other credentials stand in when some are refused, those with the same do not")
    func credentials() async throws {
        try await onLoop {
            let bench = Bench(config: ["regions": ["a", "b"], "accounts": 2])
            bench.provider.earlier = [.refuse(.upstream(code: "upstream_auth", "refused"))]
            bench.provider.steps = Self.good
            #expect(await bench.chat().value != nil)
            let accounts = bench.provider.targets.map { $0.endpoint?.credentials }
            #expect(accounts.count == 2)
            #expect(accounts[0] != accounts[1])

            let one = Bench(config: ["regions": ["a", "b"]])
            one.provider.openError = .upstream(code: "upstream_auth", "refused")
            #expect(await one.chat().error?.code == "upstream_auth")
            #expect(one.provider.targets.count == 1)
        }
    }

    @Test("are remembered for one version of a configuration, and not for ever")
    func forgotten() async throws {
        try await onLoop {
            let bench = Bench(config: ["maxRetries": 0])
            bench.provider.openError = .upstream(code: "upstream_unreachable", "gone")
            for _ in 0..<5 { _ = await bench.chat() }
            #expect(bench.metrics[.circuitsOpen] == 1)
            bench.gateway.sweep()
            #expect(bench.metrics[.circuitsOpen] == 1)
            bench.pacing.advance(.seconds(901))
            bench.gateway.sweep()
            #expect(bench.metrics[.circuitsOpen] == 0)
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("A fallback")
struct FallbackTests {
    private static let good: [ScriptedProvider.Step] = [
        .tell(ChatDelta([.text("Hi"), .finish(.stop), .usage(TokenUsage(input: 10, output: 2))]))
    ]
    private static let down = GatewayError.upstream(code: "upstream_unreachable", "gone")

    @LoopActor private static func bench(
        _ fallbacks: JSONValue = ["f"], maxRetries: Int = 0, quota: Money? = .dollars("1000")
    ) -> Bench {
        let bench = Bench(config: ["fallbacks": fallbacks, "maxRetries": .int(maxRetries)], quota: quota)
        bench.provider.openError = down
        bench.other.steps = good
        return bench
    }

    @Test("of another provider answers after the retries; it is what is billed and recorded")
    func answers() async throws {
        try await onLoop {
            let bench = Self.bench(maxRetries: 1)
            bench.addModel("f", input: "1", output: "2")
            let outcome = try #require(await bench.chat().value)
            #expect(outcome.fee == Money(nanodollars: 10 * 1_000 + 2 * 2_000))
            let record = try #require(bench.record)
            #expect(record.model == "f")
            #expect(record.provider == "other")
            #expect(record.prices.input == .dollars("1"))
            #expect(record.attempts.map(\.model) == ["m", "m", "f"])
            #expect(record.attempts.map(\.provider) == ["scripted", "scripted", "other"])
            #expect(bench.other.targets.map(\.model) == ["f"])
            #expect(bench.metrics[.callsFallenBack] == 1)
            #expect(bench.ledger.holds.count == 1)
            #expect(bench.ledger.repriced.map(\.amount) != [bench.ledger.holds[0].amount])
        }
    }

    @Test("is not asked when the request itself is at fault")
    func clientsFault() async throws {
        try await onLoop {
            let bench = Self.bench()
            bench.addModel("f")
            bench.provider.openError = .invalid("bad", param: "messages")
            #expect(await bench.chat().error?.status == 400)
            #expect(bench.other.targets.isEmpty)
        }
    }

    @Test("that the key may not use, that is gone, or that is the model itself is passed over")
    func passedOver() async throws {
        try await onLoop {
            let bench = Self.bench(["gone", "foreign", "m", "f", "f"])
            bench.addModel("foreign", mayUse: false)
            bench.addModel("f")
            #expect(await bench.chat().value != nil)
            #expect(bench.record?.attempts.map(\.model) == ["m", "f"])
        }
    }

    @Test("that the key cannot pay for is passed over, and the client is told of the model that it asked for")
    func tooDear() async throws {
        try await onLoop {
            let bench = Self.bench()
            bench.addModel("f", output: "1500")
            bench.ledger.repricing = .exhausted
            #expect(await bench.chat().error?.code == "upstream_unreachable")
            #expect(bench.other.targets.isEmpty)
            #expect(bench.record?.model == "m")
            #expect(bench.record?.fee == .zero)
        }
    }

    @Test("needs no new hold where the key has no quota")
    func noQuota() async throws {
        try await onLoop {
            let bench = Self.bench(quota: nil)
            bench.addModel("f")
            #expect(await bench.chat().value != nil)
            #expect(bench.ledger.holds.isEmpty)
            #expect(bench.ledger.repriced.isEmpty)
        }
    }

    @Test("that fails too leaves the error of the model that was asked for, and a record of it that costs nothing")
    func allFail() async throws {
        try await onLoop {
            let bench = Self.bench(["f", "g"])
            bench.addModel("f")
            bench.addModel("g")
            bench.other.openError = .invalid("the fallback does not take this")
            let error = try #require(await bench.chat().error)
            #expect(error.code == "upstream_unreachable")
            let record = try #require(bench.record)
            #expect(record.model == "m")
            #expect(record.provider == "scripted")
            #expect(record.status == .error)
            #expect(record.fee == .zero)
            #expect(record.attempts.map(\.model) == ["m", "f", "g"])
        }
    }

    @Test("takes all calls while the model's own place is set aside, and gives them back when it fails itself")
    func circuit() async throws {
        try await onLoop {
            let bench = Self.bench()
            bench.addModel("f", config: ["maxRetries": 0])
            for _ in 0..<3 { #expect(await bench.chat().value != nil) }
            #expect(bench.provider.targets.count == 1)
            #expect(bench.ledger.settlements.last?.call.attempts.map(\.model) == ["f"])

            // Set aside is better than nobody.
            bench.other.openError = Self.down
            bench.provider.openError = nil
            bench.provider.steps = Self.good
            #expect(await bench.chat().value != nil)
            #expect(bench.ledger.settlements.last?.call.attempts.map(\.model) == ["f", "m"])
            #expect(bench.ledger.settlements.last?.call.model == "m")
        }
    }

    @Test("whose client leaves is billed as what was under way, by the prices of the fallback")
    func clientLeaves() async throws {
        try await onLoop {
            let bench = Self.bench()
            bench.addModel("f", input: "6")
            bench.other.steps = [.wait]
            let result = await bench.chatCancelled { cancel in bench.other.onWait = cancel }
            #expect(result.error?.isCancelled == true)
            let record = try #require(bench.record)
            #expect(record.status == .cancelled)
            #expect(record.model == "f")
            #expect(record.usage == TokenUsage(input: 4))
            #expect(record.fee == Money(nanodollars: 4 * 6_000))
            #expect(record.attempts.map(\.code) == ["upstream_unreachable", "cancelled"])
        }
    }

    @Test("whose stream breaks off after its first piece is the end")
    func breaksOff() async throws {
        try await onLoop {
            let bench = Self.bench(["f", "g"])
            bench.addModel("f")
            bench.addModel("g")
            bench.other.steps = [.tell(ChatDelta([.text("123")])), .fail(.truncated())]
            #expect(await bench.chat().error?.code == GatewayError.truncatedCode)
            #expect(bench.record?.status == .truncated)
            #expect(bench.record?.model == "f")
            #expect(bench.record?.attempts.map(\.model) == ["m", "f"])
        }
    }
}

import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

/// A moment that one task waits for and another brings about, on the loop.
@LoopActor
private final class Moment {
    private var isReached = false
    private var waiting: CheckedContinuation<Void, Never>?

    nonisolated init() {}

    func reach() {
        isReached = true
        waiting?.resume()
        waiting = nil
    }

    func wait() async {
        if isReached { return }
        await withCheckedContinuation { waiting = $0 }
    }
}

@Suite("Heartbeats in silent streams", .timeLimit(.minutes(1)))
struct HeartbeatTests {
    private static let ping = ": ping\n\n"

    @LoopActor
    private static func stream(_ gateway: ScriptedGateway, _ exchange: RecordedExchange) async -> GatewayError? {
        let route = ChatCompletionsRoute(gateway: gateway, clock: ManualClock(), heartbeatSilence: .milliseconds(2))
        let key = KeyRecord(
            id: KeyID(rawValue: 1), name: "k", role: .user, maskedKey: "br-abc…wxyz", monthQuota: nil,
            createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0))
        do throws(GatewayError) {
            try await route.handle(exchange, key: key)
            return nil
        } catch {
            return error
        }
    }

    private static func request() -> RecordedExchange {
        RecordedExchange("POST", "/v1/chat/completions", body: Array(chatBody(#""stream":true"#).utf8), id: "req-1")
    }

    @Test("a comment goes into each silence between deltas, and none before the first")
    func silence() async throws {
        try await onLoop {
            let exchange = Self.request()
            let second = Moment()
            var pings = 0
            exchange.onWrite = { bytes in
                guard String(decoding: bytes, as: UTF8.self) == Self.ping else { return }
                pings += 1
                if pings == 2 { second.reach() }
            }
            var sentBefore = -1
            let gateway = ScriptedGateway([
                .run {
                    try? await EventLoop.shared.sleep(for: .milliseconds(10))
                    sentBefore = exchange.pieces.count
                },
                .deliver(ChatDelta([.text("a")])), .run { await second.wait() }, .deliver(ChatDelta([.text("b")])),
            ])
            #expect(await Self.stream(gateway, exchange) == nil)
            #expect(sentBefore == 0)
            #expect(pings >= 2)
            let events = exchange.text.split(separator: "\n\n")
            #expect(events.filter { $0 == ": ping" }.count == pings)
            #expect(events.last == "data: [DONE]")
            #expect(exchange.isEnded && exchange.violations.isEmpty)
        }
    }

    @Test("a delta that comes while a heartbeat is being written waits for it")
    func order() async throws {
        try await onLoop {
            let exchange = Self.request()
            let began = Moment()
            let release = Moment()
            var inWrite = false
            var overlaps = 0
            exchange.onWrite = { bytes in
                if inWrite { overlaps += 1 }
                inWrite = true
                if String(decoding: bytes, as: UTF8.self) == Self.ping {
                    began.reach()
                    await release.wait()
                }
                inWrite = false
            }
            let gateway = ScriptedGateway([
                .deliver(ChatDelta([.text("a")])),
                .run {
                    await began.wait()
                    EventLoop.shared.schedule(after: .milliseconds(5)) { release.reach() }
                },
                .deliver(ChatDelta([.text("b")])),
            ])
            #expect(await Self.stream(gateway, exchange) == nil)
            #expect(overlaps == 0)
            #expect(exchange.text.contains(#""content":"b""#))
        }
    }

    @Test("no heartbeat comes after the end of an answer")
    func afterEnd() async throws {
        try await onLoop {
            for failure in [nil, GatewayError.truncated()] {
                let exchange = Self.request()
                let steps: [ScriptedGateway.Step] =
                    [.deliver(ChatDelta([.text("a")]))] + (failure.map { [.fail($0)] } ?? [])
                _ = await Self.stream(ScriptedGateway(steps), exchange)
                let sent = exchange.pieces.count
                try await EventLoop.shared.sleep(for: .milliseconds(20))
                #expect(exchange.pieces.count == sent)
                #expect(exchange.isEnded && exchange.violations.isEmpty)
            }
        }
    }
}

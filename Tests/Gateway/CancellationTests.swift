import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway

@Suite("A client that leaves")
struct CancellationTests {
    @Test("In the middle of the stream: the provider is cancelled before the settlement, which is still made")
    func midStream() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [.tell(ChatDelta([.text("123")])), .wait]
            let result = await bench.chatCancelled { cancel in bench.provider.onWait = cancel }
            #expect(result.error?.isCancelled == true)
            #expect(bench.events.entries == ["provider cancelled", "settled"])
            #expect(bench.record?.status == .cancelled)
            #expect(bench.record?.errorCode == "cancelled")
            #expect(bench.record?.usage == TokenUsage(input: 4, output: 1))
            #expect(bench.record?.isEstimated == true)
            #expect(!bench.ledger.wasCancelledWhileSettling)
            #expect(bench.metrics[.callsCancelled] == 1)
            #expect(bench.log.lines.isEmpty)
        }
    }

    @Test("Before the first event: recorded as cancelled, and the prompt that the provider read is billed")
    func beforeFirstEvent() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [.wait]
            let result = await bench.chatCancelled { cancel in bench.provider.onWait = cancel }
            #expect(result.error?.isCancelled == true)
            #expect(bench.events.entries == ["provider cancelled", "settled"])
            #expect(bench.record?.status == .cancelled)
            #expect(bench.record?.usage == TokenUsage(input: 4))
            #expect(bench.record?.firstByteLatency == nil)
        }
    }

    @Test("While the provider is being asked: the stream that opens nevertheless is cancelled at once")
    func whileOpening() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [.wait]
            let result = await bench.chatCancelled { cancel in bench.provider.onOpen = cancel }
            #expect(result.error?.isCancelled == true)
            #expect(bench.events.entries == ["provider cancelled", "settled"])
            #expect(bench.record?.status == .cancelled)
        }
    }

    @Test("A task that is cancelled already asks no provider and costs nothing")
    func beforeOpening() async throws {
        try await onLoop {
            let bench = Bench()
            let task = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in await bench.chat() }
            task.cancel()
            #expect(await task.value.error?.isCancelled == true)
            #expect(bench.provider.targets.isEmpty)
            #expect(bench.record?.status == .cancelled)
            #expect(bench.record?.fee == .zero)
        }
    }

    @Test("Found out by a delivery that fails: the same, without the task being cancelled")
    func deliverThrows() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [
                .tell(ChatDelta([.text("123")])), .tell(ChatDelta([.text("456")])), .tell(ChatDelta([.text("789")])),
            ]
            bench.deliverFailure = (at: 1, error: .cancelled)
            #expect(await bench.chat().error?.isCancelled == true)
            #expect(bench.delivered.count == 1)
            #expect(bench.events.entries == ["provider cancelled", "settled"])
            #expect(bench.record?.status == .cancelled)
            // The second piece had been received, and is owed, though it was not delivered.
            #expect(bench.record?.usage.output == 2)
        }
    }

    @Test("Usage received before the client left is what is billed")
    func usageReceived() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [
                .tell(ChatDelta([.text("123"), .usage(TokenUsage(input: 100, output: 50))])), .wait,
            ]
            _ = await bench.chatCancelled { cancel in bench.provider.onWait = cancel }
            #expect(bench.record?.usage == TokenUsage(input: 100, output: 50))
            #expect(bench.record?.isEstimated == false)
        }
    }

    @Test("Usage received before the first piece is what is billed, too")
    func usageBeforeTheFirstPiece() async throws {
        try await onLoop {
            let bench = Bench()
            bench.provider.steps = [.tell(ChatDelta([.usage(TokenUsage(input: 100))])), .wait]
            _ = await bench.chatCancelled { cancel in bench.provider.onWait = cancel }
            #expect(bench.record?.usage == TokenUsage(input: 100))
            #expect(bench.record?.isEstimated == false)
            #expect(bench.record?.firstByteLatency == nil)
        }
    }

    @Test("A settlement that fails at first is made again although the task is cancelled")
    func settleRetriedAfterCancellation() async throws {
        try await onLoop {
            let bench = Bench()
            bench.ledger.settleErrors = [.unavailable("busy"), .unavailable("busy")]
            bench.provider.steps = [.wait]
            _ = await bench.chatCancelled { cancel in bench.provider.onWait = cancel }
            #expect(bench.ledger.attempts == 3)
            #expect(bench.record?.status == .cancelled)
            #expect(!bench.ledger.wasCancelledWhileSettling)
        }
    }
}

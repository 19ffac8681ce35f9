import Core
import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("Calls that end together", .timeLimit(.minutes(1)))
struct OpenAccountsTests {
    /// What waits while the writer is held is one batch. A job that fails makes the batch run again, each job apart.
    @Test(
        "are charged as if each had ended alone, with a payment, another month and another key in between",
        arguments: [false, true])
    func oneBatch(hasFailure: Bool) async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let one = try await storage.create(.sample(quota: dollars("1"), balance: dollars("5")), by: me)
            let two = try await storage.create(
                .sample("Two", seed: 2, quota: dollars("1"), balance: dollars("5")), by: me)
            let october = BillingMonth(text: "2026-10")
            let gate = Gate()
            let first = LoopActor.start { try? await storage.write { _ in gate.wait() } }
            await gate.reached()

            let failed = Mutex(false)
            var tasks: [Task<Void, Never>] = []
            func add(_ body: @escaping @Sendable @LoopActor () async throws -> Void) {
                tasks.append(
                    LoopActor.start {
                        do { try await body() } catch { Issue.record(error) }
                    })
            }
            for index in 0..<4 {
                add { try await storage.spend(dollars("0.4"), one, fixture, request: "a\(index)") }
                add { try await storage.spend(dollars("0.3"), two, fixture, request: "b\(index)") }
            }
            add { _ = try await storage.recharge(.id(one.id), amount: dollars("2"), note: "", by: me) }
            add { try await storage.spend(dollars("0.5"), one, fixture, request: "c", month: october) }
            add { try await storage.spend(.zero, two, fixture, request: "free") }
            if hasFailure {
                tasks.append(
                    LoopActor.start {
                        let failure = await #expect(throws: StorageError.self) {
                            try await storage.write { connection throws(Failure) in
                                _ = try AccountTable.find(one.id, month: fixture.month, on: connection)
                                throw .refused(.notFound("key"))
                            }
                        }
                        failed.withLock { $0 = failure != nil }
                    })
            }
            add { try await storage.spend(dollars("0.4"), one, fixture, request: "d") }
            await Task.yield()
            await Task.yield()
            gate.open()
            await first.value
            for task in tasks { await task.value }

            #expect(failed.withLock { $0 } == hasFailure)
            let ones = try #require(try storage.key(one.id, fixture))
            #expect(ones.monthFee == dollars("2"))
            #expect(ones.totalFee == dollars("2.5"))
            #expect(ones.balance == dollars("6"), "5 + 2 - 1 beyond November's quota; October's fee is within its own")
            let twos = try #require(try storage.key(two.id, fixture))
            #expect(twos.monthFee == dollars("1.2"))
            #expect(twos.balance == dollars("4.8"))
            let paid = try fixture.inspect("SELECT balance_after FROM payments ORDER BY id DESC LIMIT 1") { $0.money() }
            #expect(paid == [dollars("6.4")], "the payment saw what was charged before it")
            #expect(try LedgerVerification.run(database: fixture.database).differences == [])
        }
    }
}

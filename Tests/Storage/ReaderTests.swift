import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Readers", .timeLimit(.minutes(1)))
struct ReaderTests {
    @Test("lists answer while sums over all records take their time, and sums while a list does")
    func apart() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            try await storage.spend(dollars("1"), key, fixture, request: "r")
            let gate = Gate()
            async let sum = storage.sum { connection throws(Failure) -> Int in
                let count = try connection.first(SQL("SELECT COUNT(*) FROM threads")) { $0.int() } ?? 0
                gate.wait()
                return count
            }
            await gate.reached()
            #expect(try await storage.threads(ThreadFilter(), page: PageRequest()).total == 1)
            #expect(try await storage.payments(key: nil, page: PageRequest()).total == 0)
            gate.open()
            #expect(try await sum == 1)

            async let list = storage.scan { connection throws(Failure) -> Int in
                gate.wait()
                return 2
            }
            await gate.reached()
            #expect(try await storage.totals().usage.calls == 1)
            let usage = try await storage.usage(.key, UsageFilter(), page: PageRequest())
            #expect(usage.items.map(\.totals.calls) == [1])
            gate.open()
            #expect(try await list == 2)
        }
    }

    @Test("what statistics sort may go into a file, what lists sort stays in memory, and neither may write")
    func sorting() async throws {
        try await withStorage { storage, _ in
            let sums = try await storage.sum { connection throws(Failure) in try Self.sorting(connection) }
            let lists = try await storage.scan { connection throws(Failure) in try Self.sorting(connection) }
            #expect(sums == 1 && lists == 2)
            await #expect(throws: StorageError.self) {
                try await storage.sum { connection throws(Failure) in try Self.remove(connection) }
            }
            await #expect(throws: StorageError.self) {
                try await storage.scan { connection throws(Failure) in try Self.remove(connection) }
            }
        }
    }

    /// 1: in files. 2: in memory.
    private static func sorting(_ connection: Connection) throws(Failure) -> Int? {
        try connection.first(SQL("PRAGMA temp_store")) { $0.int() }
    }

    private static func remove(_ connection: Connection) throws(Failure) {
        try connection.execute(SQL("DELETE FROM threads"))
    }
}

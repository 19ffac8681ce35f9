import Core
import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("The writer", .timeLimit(.minutes(1)))
struct WriterTests {
    private static let insert = SQL(
        "INSERT INTO key_groups (name, short_name, created_at, updated_at) VALUES (?, '', 0, 0)")
    private static let broken = SQL("SELECT * FROM nowhere")
    private static let insertOrphan = SQL("INSERT INTO child VALUES (77)")

    @Test("commits the others when one job of a batch fails")
    func isolation() async throws {
        try await withStorage { storage, fixture in
            let outcomes = try await concurrently(60) { index -> StorageError? in
                do throws(StorageError) {
                    try await storage.write { connection throws(Failure) in
                        try connection.execute(Self.insert, "g\(index)")
                        switch index % 6 {
                        case 1: throw .refused(.notFound("key"))
                        case 2: try connection.execute(Self.insert, "g\(index)")
                        case 3: try connection.execute(Self.broken)
                        default: break
                        }
                    }
                    return nil
                } catch { return error }
            }
            let stored = try fixture.inspect("SELECT name FROM key_groups") { $0.text() }
            #expect(stored.count == 30)
            for (index, outcome) in outcomes.enumerated() {
                #expect(stored.contains("g\(index)") == (outcome == nil))
                if index % 6 == 1 { #expect(outcome == .notFound("key")) }
            }
        }
    }

    @Test("commits waiting writes together")
    func groups() async throws {
        let metrics = CountingMetrics()
        let fixture = Fixture()
        try await onLoop {
            let storage = try SQLiteStorage.open(
                path: fixture.database, secretKeyPath: fixture.secretKey, clock: fixture.clock, metrics: metrics)
            _ = try await concurrently(500) { index in
                try await storage.create(name: "g\(index)", key: "", by: fixture.operatorOfTests)
            }
            await storage.close()
        }
        #expect(metrics[.ledgerRows] == 500)
        #expect(metrics[.ledgerCommits] < 250, "each write had a commit of its own, or nearly")
        #expect(metrics[.storageErrors] == 0)
    }

    @Test("begins when half as many wait as the last turn had, and for fewer waits a moment only")
    func gathering() async throws {
        let fixture = Fixture()
        try Migrator.migrate(path: fixture.database)
        for isPatient in [true, false] {
            try await onLoop {
                let metrics = CountingMetrics()
                let limits = isPatient ? Writer.Limits(gathering: .seconds(50)) : Writer.Limits()
                let writer = Writer(path: fixture.database, metrics: metrics, limits: limits)
                func begin(_ count: Int) -> [Task<Void, any Error>] {
                    (0..<count).map { _ in
                        Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                            try await writer.perform(.durable) { _ in }
                        }
                    }
                }
                // One write holds the thread until eight others wait, which are then one turn.
                let gate = Gate()
                let first = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                    try await writer.perform(.durable) { _ in gate.wait() }
                }
                await gate.reached()
                var others = begin(8)
                try await EventLoop.shared.sleep(for: .milliseconds(20))
                gate.open()
                for task in [first] + others { try await task.value }
                #expect(metrics[.ledgerCommits] == 2 && metrics[.ledgerRows] == 9)

                others = begin(3)
                if isPatient {
                    try await EventLoop.shared.sleep(for: .milliseconds(50))
                    #expect(metrics[.ledgerCommits] == 2, "three are less than half of eight")
                    others += begin(1)
                }
                for task in others { try await task.value }
                #expect(metrics[.ledgerRows] == (isPatient ? 13 : 12))
                if isPatient { #expect(metrics[.ledgerCommits] == 3) }
                await writer.close()
            }
        }
    }

    @Test("closes without waiting for more, whatever gathers")
    func closeWhileGathering() async throws {
        let fixture = Fixture()
        try Migrator.migrate(path: fixture.database)
        try await onLoop {
            let writer = Writer(path: fixture.database, metrics: nil, limits: Writer.Limits(gathering: .seconds(50)))
            _ = try await concurrently(8) { _ in try await writer.perform(.durable) { _ in } }
            let last = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                try await writer.perform(.durable) { _ in }
            }
            await Task.yield()
            await Task.yield()
            await writer.close()
            try await last.value
        }
    }

    @Test("lets unsynced writes pass durable ones that wait")
    func lanes() async throws {
        try await withStorage { storage, fixture in
            let order = Mutex<[String]>([])
            // A first write occupies the writer until all others wait.
            let gate = Gate()
            let first = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                try await storage.write { _ in gate.wait() }
            }
            await gate.reached()
            var tasks: [Task<Void, any Error>] = []
            for lane in [Writer.Lane.durable, .unsynced, .durable, .unsynced] {
                tasks.append(
                    Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                        try await storage.write(lane) { _ in order.withLock { $0.append("\(lane)") } }
                    })
            }
            // Each of the tasks submits in its first turn, which comes before this one's next.
            await Task.yield()
            await Task.yield()
            gate.open()
            try await first.value
            for task in tasks { try await task.value }
            #expect(order.withLock { $0 } == ["unsynced", "unsynced", "durable", "durable"])
        }
    }

    @Test("fails every job of a batch whose commit fails, and works again afterwards")
    func failedCommit() async throws {
        try await withStorage { storage, fixture in
            // A deferred foreign key is checked by COMMIT, which then fails.
            try fixture.change(
                "CREATE TABLE child (id INTEGER REFERENCES key_groups (id) DEFERRABLE INITIALLY DEFERRED)")
            let failures = Mutex(0)
            let gate = Gate()
            let first = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                try await storage.write { _ in gate.wait() }
            }
            await gate.reached()
            var tasks: [Task<Void, Never>] = []
            for index in 0..<10 {
                tasks.append(
                    LoopActor.start {
                        do throws(StorageError) {
                            try await storage.write { connection throws(Failure) in
                                try connection.execute(Self.insert, "g\(index)")
                                if index == 5 { try connection.execute(Self.insertOrphan) }
                            }
                        } catch {
                            if case .unavailable = error { failures.withLock { $0 += 1 } }
                        }
                    })
            }
            await Task.yield()
            await Task.yield()
            gate.open()
            try await first.value
            for task in tasks { await task.value }
            #expect(failures.withLock { $0 } == 10)
            #expect(try fixture.inspect("SELECT name FROM key_groups") { $0.text() } == [])
            _ = try await storage.create(name: "later", key: "", by: fixture.operatorOfTests)
        }
    }

    @Test("finishes what waits before it closes, and refuses what comes later")
    func close() async throws {
        try await withStorage { storage, fixture in
            var tasks: [Task<Void, Never>] = []
            let done = Mutex(0)
            for index in 0..<50 {
                tasks.append(
                    LoopActor.start {
                        if (try? await storage.create(name: "g\(index)", key: "", by: fixture.operatorOfTests)) != nil {
                            done.withLock { $0 += 1 }
                        }
                    })
            }
            await Task.yield()
            await Task.yield()
            await storage.close()
            for task in tasks { await task.value }
            #expect(done.withLock { $0 } == 50)
            await #expect(throws: StorageError.unavailable("the storage is closed")) {
                _ = try await storage.create(name: "late", key: "", by: fixture.operatorOfTests)
            }
            await #expect(throws: StorageError.unavailable("the storage is closed")) { try await storage.check() }
            await #expect(throws: StorageError.unavailable("the storage is closed")) {
                _ = try await storage.groups(text: nil, page: PageRequest())
            }
        }
    }

    @Test("refuses at once what comes while a commit hangs or too much waits")
    func limits() async throws {
        let fixture = Fixture()
        try Migrator.migrate(path: fixture.database)
        for limits in [Writer.Limits(turn: .zero), Writer.Limits(capacity: 0)] {
            try await onLoop {
                let writer = Writer(path: fixture.database, metrics: nil, limits: limits)
                let gate = Gate()
                let first = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                    try await writer.perform(.durable) { _ in gate.wait() }
                }
                if limits.capacity > 0 { await gate.reached() }
                await #expect(throws: Failure.self) { try await writer.perform(.unsynced) { _ in } }
                gate.open()
                if limits.capacity > 0 { try await first.value } else { _ = await first.result }
                await writer.close()
            }
        }
    }

    @Test("answers a durable write only once the log is synced, and fails it when that fails; holds wait for no sync")
    func durability() async throws {
        let fixture = Fixture()
        try Migrator.migrate(path: fixture.database)
        try await onLoop {
            let order = Mutex<[String]>([])
            let writer = Writer(path: fixture.database, metrics: nil) { connection throws(Failure) in
                order.withLock { $0.append("sync") }
                try connection.syncLog()
            }
            try await writer.perform(.unsynced) { _ in }
            #expect(order.withLock { $0 } == [])
            for lane in [Writer.Lane.durable, .patient] {
                try await writer.perform(lane) { _ in order.withLock { $0.append("write") } }
                order.withLock { $0.append("answer") }
            }
            #expect(order.withLock { $0 } == ["write", "sync", "answer", "write", "sync", "answer"])
            await writer.close()

            let broken = Writer(path: fixture.database, metrics: nil) { _ throws(Failure) in
                throw .unavailable("the disk is gone")
            }
            try await broken.perform(.unsynced) { _ in }
            for lane in [Writer.Lane.durable, .patient] {
                await #expect(throws: Failure.unavailable("the disk is gone")) {
                    try await broken.perform(lane) { _ in }
                }
            }
            await broken.close()
        }
    }

    @Test("keeps the write-ahead log short")
    func checkpoints() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let text = String(repeating: "long prompt ", count: 20_000)
            for index in 0..<200 {
                try await storage.spend(.zero, key, fixture, request: "r\(index)") { $0.wholePrompt = text }
            }
            let log = try readSize(fixture.database + "-wal")
            // 48 MB were written.
            #expect(log < 20 << 20)
            #expect(try readSize(fixture.database) > 30 << 20)
        }
    }
}

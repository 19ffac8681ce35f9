import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing

/// Serialized, because all tests share the one loop and some keep it busy.
@Suite(.serialized) struct EventLoopTests {
    @Test func `a task started on the loop runs on the loop's thread, also after it was suspended`() async throws {
        let places = try await onLoop {
            let before = EventLoop.shared.isCurrent
            await HelperPool.shared.run { Void() }
            return [before, EventLoop.shared.isCurrent]
        }
        #expect(places == [true, true])
    }

    @Test func `work posted from many threads all runs, on the loop`() async throws {
        let pool = HelperPool(name: "posters", threads: 4)
        let count = try await onLoop {
            let counter = Counter()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        await pool.run { EventLoop.shared.post { LoopActor.assumeIsolated { counter.add() } } }
                    }
                }
            }
            // What was posted before this sleep has run when it ends.
            try await EventLoop.shared.sleep(for: .milliseconds(20))
            return counter.value
        }
        #expect(count == 200)
    }

    @Test func `timers fire in the order of their deadlines and equal ones in the order of their making`() async throws
    {
        let order = try await onLoop {
            let log = Log()
            EventLoop.shared.schedule(after: .milliseconds(20)) { log.add("late") }
            EventLoop.shared.schedule(after: .milliseconds(2)) { log.add("first") }
            EventLoop.shared.schedule(after: .milliseconds(2)) { log.add("second") }
            EventLoop.shared.schedule(after: .milliseconds(1)) { log.add("never") }.cancel()
            try await EventLoop.shared.sleep(for: .milliseconds(30))
            return log.lines
        }
        #expect(order == ["first", "second", "late"])
    }

    @Test func `cancelling most of many timers leaves the others`() async throws {
        let fired = try await onLoop {
            let counter = Counter()
            let timers = (0..<2000).map { _ in EventLoop.shared.schedule(after: .milliseconds(5)) { counter.add() } }
            for (index, timer) in timers.enumerated() where index % 10 != 0 { timer.cancel() }
            try await EventLoop.shared.sleep(for: .milliseconds(30))
            return counter.value
        }
        #expect(fired == 200)
    }

    @Test func `a cancelled sleep ends at once with CancellationError`() async throws {
        let ended = try await onLoop {
            let started = EventLoop.shared.now
            let task = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                do {
                    try await EventLoop.shared.sleep(for: .seconds(60))
                    return false
                } catch {
                    return true
                }
            }
            try await EventLoop.shared.sleep(for: .milliseconds(2))
            task.cancel()
            let wasCancelled = await task.value
            return wasCancelled && EventLoop.shared.now - started < 30_000_000_000
        }
        #expect(ended)
    }

    @Test func `a watched pipe reports bytes, then the hang-up, and nothing after the watch has ended`() async throws {
        let seen = try await onLoop {
            var ends: [CInt] = [0, 0]
            #expect(pipe(&ends) == 0)
            let (reader, writer) = (ends[0], ends[1])
            let log = Log()
            let watch = try EventLoop.shared.watch(reader, for: [.readable, .hangUp]) { readiness in
                var byte: UInt8 = 0
                if readiness.contains(.readable), read(reader, &byte, 1) == 1 { log.add("byte") }
                if readiness == .hangUp { log.add("gone") }
            }
            var byte: UInt8 = 7
            #expect(write(writer, &byte, 1) == 1)
            try await EventLoop.shared.sleep(for: .milliseconds(5))
            close(writer)
            try await EventLoop.shared.sleep(for: .milliseconds(5))
            EventLoop.shared.unwatch(watch)
            let count = log.lines.count
            try await EventLoop.shared.sleep(for: .milliseconds(5))
            #expect(log.lines.count == count)
            close(reader)
            return log.lines
        }
        #expect(seen.first == "byte")
        #expect(seen.dropFirst().first == "gone")
    }

    @Test func `a prompt descriptor waits for one batch of bulk ones at each step, however many are ready`()
        async throws
    {
        // What other tests do on the loop in between gives the bulk ones as much time again, hence several attempts;
        // served in the order of their readiness, the prompt one would come last in each.
        var best = Int.max
        for attempt in 0..<500 where best > 4 * 64 {
            if attempt > 0 { try await Task.sleep(for: .milliseconds(100)) }
            let seen = try await onLoop { try await Self.bulkTakenAtEachStep(of: 5, among: 400) }
            #expect(seen.count == 6)
            #expect(seen.last == 400)
            best = min(best, seen.count == 6 ? seen[4] : .max)
        }
        #expect(best <= 4 * 64)
    }

    /// How many bulk descriptors were served before each step of a prompt one, and in all.
    @LoopActor
    private static func bulkTakenAtEachStep(of steps: Int, among count: Int) async throws -> [Int] {
        let taken = Counter()
        var seen: [Int] = []
        let bulk = try (0..<count).map { _ in
            try ReadyPipe(.bulk) { pipe in
                pipe.take()
                taken.add()
            }
        }
        let prompt = try ReadyPipe(.prompt) { pipe in
            pipe.take()
            seen.append(taken.value)
            if seen.count < steps { pipe.fill() }
        }
        bulk.forEach { $0.fill() }
        prompt.fill()
        for _ in 0..<1000 where taken.value < count || seen.count < steps {
            try await EventLoop.shared.sleep(for: .milliseconds(2))
        }
        (bulk + [prompt]).forEach { $0.close() }
        return seen + [taken.value]
    }

    @Test func `bulk descriptors get their turn while more prompt ones than a batch are ready without end`()
        async throws
    {
        let taken = try await onLoop {
            let taken = Counter()
            // Never read, so ready in each turn, until all bulk ones have had theirs.
            let prompt = try (0..<100).map { _ in
                try ReadyPipe(.prompt) { pipe in if taken.value == 200 { pipe.close() } }
            }
            let bulk = try (0..<200).map { _ in
                try ReadyPipe(.bulk) { pipe in
                    pipe.take()
                    taken.add()
                }
            }
            (prompt + bulk).forEach { $0.fill() }
            for _ in 0..<1000 where taken.value < 200 { try await EventLoop.shared.sleep(for: .milliseconds(2)) }
            (prompt + bulk).forEach { $0.close() }
            return taken.value
        }
        #expect(taken == 200)
    }

    @Test func `a watch on a regular file is refused with the call's name`() async throws {
        try await onLoop {
            let file = open("/etc/hostname", O_RDONLY)
            defer { close(file) }
            #expect(throws: SystemCallError("epoll_ctl", code: EPERM)) {
                _ = try EventLoop.shared.watch(file, for: .readable) { _ in }
            }
        }
    }

    @Test func `the helper pool runs work in parallel up to its threads and hands errors back`() async throws {
        struct Broken: Error {}
        let pool = HelperPool(name: "pair", threads: 2)
        let meeting = Meeting()
        // Each waits for the other: with one thread neither would end.
        async let one = pool.run { meeting.arrive() }
        async let two = pool.run { meeting.arrive() }
        #expect(await [one, two] == [true, true])
        await #expect(throws: Broken.self) { try await pool.run { () throws(Broken) in throw Broken() } }
    }
}

@LoopActor private final class Counter {
    private(set) var value = 0
    func add() { value += 1 }
}

@LoopActor private final class Log {
    private(set) var lines: [String] = []
    func add(_ line: String) { lines.append(line) }
}

/// A pipe that is watched, and readable while a byte is in it.
@LoopActor private final class ReadyPipe {
    private let reader: CInt
    private let writer: CInt
    private var watch: Watch?

    init(_ urgency: Urgency, handler: @escaping @LoopActor (ReadyPipe) -> Void) throws {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        (reader, writer) = (ends[0], ends[1])
        watch = try EventLoop.shared.watch(reader, for: .readable, urgency: urgency) { [unowned self] _ in handler(self)
        }
    }

    func fill() {
        var byte: UInt8 = 7
        #expect(write(writer, &byte, 1) == 1)
    }

    func take() {
        var byte: UInt8 = 0
        #expect(read(reader, &byte, 1) == 1)
    }

    func close() {
        guard let watch else { return }
        EventLoop.shared.unwatch(watch)
        self.watch = nil
        Glibc.close(reader)
        Glibc.close(writer)
    }
}

/// Two threads that wait for one another, at most 10 s.
private final class Meeting: Sendable {
    private let arrived = Atomic<Int>(0)

    func arrive() -> Bool {
        arrived.add(1, ordering: .sequentiallyConsistent)
        for _ in 0..<10_000 {
            if arrived.load(ordering: .sequentiallyConsistent) == 2 { return true }
            usleep(1000)
        }
        return false
    }
}

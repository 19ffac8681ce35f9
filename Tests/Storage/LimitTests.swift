import Core
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("Limits of a key, over two processes", .timeLimit(.minutes(1)))
struct LimitTests {
    private let folder = TemporaryDirectory()
    private let clock = ManualClock()
    private let key = KeyID(rawValue: 7)

    private func open(_ clock: ManualClock? = nil) throws -> SharedHolds {
        try SharedHolds(database: folder.file("brook.db"), clock: clock ?? self.clock)
    }

    private func place(
        in holds: SharedHolds, _ limits: KeyLimits, tokens: Int = 0, for key: KeyID? = nil
    ) -> SharedHolds.Placement {
        let request = HoldRequest(
            keyID: key ?? self.key, amount: nil, month: clock.now.month, limits: limits, tokens: tokens)
        return holds.place(request, since: .any) { _, _, _ in .admitted }
    }

    /// Makes a call that ends at once.
    private func call(in holds: SharedHolds, _ limits: KeyLimits, tokens: Int = 0, used: Int = 0) -> Bool {
        guard let hold = place(in: holds, limits, tokens: tokens).hold else { return false }
        hold.note(Hold.Use(tokens: used, isRequest: true))
        hold.release()
        return true
    }

    @Test("A request counts for more than 60 s and at most 61 s, and Retry-After tells when it no longer does")
    func boundaries() throws {
        let holds = try open()
        let limits = KeyLimits(requestsPerMinute: 1)
        #expect(call(in: holds, limits))
        for second in 0...60 {
            let refusal = try #require(place(in: holds, limits).refusal, "second \(second)")
            #expect(refusal.limit == .requestsPerMinute)
            #expect(refusal.value == 1)
            #expect(refusal.retryAfterSeconds == 61 - second)
            #expect(
                refusal.windows?.requests
                    == LimitWindows.Window(limit: 1, remaining: 0, resetSeconds: 61 - second))
            clock.advance(seconds: 1)
        }
        #expect(call(in: holds, limits))
        #expect(!call(in: holds, limits))
    }

    @Test("While the clock stands still exactly as many requests are admitted as the limit says")
    func standstill() throws {
        let one = try open()
        let two = try open()
        let limits = KeyLimits(requestsPerMinute: 20)
        let admitted = (0..<60).count { call(in: $0 % 2 == 0 ? one : two, limits) }
        #expect(admitted == 20)
        clock.advance(seconds: 61)
        #expect((0..<60).count { call(in: $0 % 2 == 0 ? one : two, limits) } == 20)
    }

    @Test(
        "A request is admitted if and only if fewer than the limit began in this second and the 60 before", .serialized,
        arguments: [1, 2, 3, 4])
    func model(_ seed: UInt64) throws {
        let one = try open()
        let two = try open()
        var random = SeededGenerator(seed: seed)
        var begun: [Int] = []
        for step in 0..<4000 {
            let limit = 5 + Int(random.next() >> 33) % 10
            if (random.next() >> 33).isMultiple(of: 3) {
                // Mostly short steps, at times just about a minute.
                let jumps: [Int64] = [1, 1, 2, 5, 59, 60, 61, 62, 200]
                clock.advance(seconds: jumps[Int(random.next() >> 33) % jumps.count])
            }
            let now = clock.monotonicSeconds
            let counted = begun.count { now - $0 <= 60 }
            let holds = step.isMultiple(of: 2) ? one : two
            let placement = place(in: holds, KeyLimits(requestsPerMinute: limit))
            #expect((placement.hold != nil) == (counted < limit), "step \(step)")
            if placement.hold != nil {
                begun.append(now)
                #expect(placement.hold?.windows?.requests?.remaining == limit - counted - 1)
            } else if let refusal = placement.refusal {
                let free = now + refusal.retryAfterSeconds
                #expect(begun.count { free - $0 <= 60 } < limit)
                #expect(begun.count { free - 1 - $0 <= 60 } >= limit)
            }
        }
    }

    @Test("A process whose clock is read later than another's counts in the same ring")
    func lateReader() throws {
        let ahead = ManualClock("2026-11-21T08:00:01Z")
        let one = try open(ahead)
        let two = try open()
        let limits = KeyLimits(requestsPerMinute: 2)
        #expect(call(in: one, limits))
        #expect(call(in: two, limits))
        #expect(!call(in: one, limits))
        #expect(!call(in: two, limits))
    }

    @Test("A call that was no request is taken out of its second again, and out of no other")
    func takenBack() throws {
        let one = try open()
        let two = try open()
        let limits = KeyLimits(requestsPerMinute: 1)
        let failed = try #require(place(in: one, limits).hold)
        failed.note(Hold.Use(tokens: 0, isRequest: false))
        #expect(place(in: two, limits).refusal != nil)
        clock.advance(seconds: 5)
        failed.release()

        let late = try #require(place(in: two, limits).hold)
        late.note(Hold.Use(tokens: 0, isRequest: false))
        // The second that takes its place in the ring.
        clock.advance(seconds: 61)
        #expect(call(in: one, limits))
        late.release()
        #expect(!call(in: one, limits))
    }

    @Test("No more calls run at a time than the limit says, wherever they run")
    func parallel() throws {
        let one = try open()
        let two = try open()
        let limits = KeyLimits(parallel: 3)
        var live = (0..<20).compactMap { place(in: $0 % 2 == 0 ? one : two, limits).hold }
        #expect(live.count == 3)
        #expect(place(in: two, limits).refusal == LimitRefusal(.parallel, value: 3, retryAfterSeconds: 1))
        #expect(live[0].windows == nil)
        live.removeFirst()
        #expect(place(in: two, limits).hold != nil)
        #expect(place(in: two, KeyLimits(parallel: 2)).refusal?.value == 2)
    }

    @Test("Calls of a process that has died do not stand in the way of the limit of calls at a time, or of tokens")
    func dead() throws {
        let holds = try open()
        for limits in [KeyLimits(parallel: 1), KeyLimits(tokensPerMinute: 100)] {
            do {
                let path = SharedHolds.path(of: folder.file("brook.db"))
                let file = try SharedFile(path: path, layout: HoldLayout.file)
                // The key's slot is at its id.
                _ = place(in: holds, limits)
                let slot = Int(key.rawValue)
                func set(_ word: Int, _ value: Int) { unsafe file.word(word).pointee.store(value, ordering: .relaxed) }
                set(HoldLayout.use(file.block), 1)
                set(HoldLayout.count(slot, block: file.block), 1)
                set(HoldLayout.reserved(slot, block: file.block), 100)
                #expect(place(in: holds, limits, tokens: 1).hold == nil)
            }
            #expect(place(in: holds, limits, tokens: 1).hold != nil)
            // Nor of the process that takes its block over.
            let next = try open()
            let windows = next.windows(of: key, limits: KeyLimits(tokensPerMinute: 100))
            #expect(windows?.tokens?.remaining == 100)
        }
    }

    @Test("Tokens are reserved while a call runs, and count from its end as they were used")
    func tokens() throws {
        let one = try open()
        let two = try open()
        let limits = KeyLimits(tokensPerMinute: 100)
        let first = try #require(place(in: one, limits, tokens: 60).hold)
        #expect(first.windows?.tokens == LimitWindows.Window(limit: 100, remaining: 40, resetSeconds: 61))
        #expect(first.windows?.requests == nil)
        #expect(place(in: two, limits, tokens: 41).refusal?.limit == .tokensPerMinute)
        let second = try #require(place(in: two, limits, tokens: 40).hold)
        clock.advance(seconds: 30)
        first.note(Hold.Use(tokens: 10, isRequest: true))
        first.release()
        second.note(Hold.Use(tokens: 80, isRequest: true))
        second.release()
        // 90 are used, until 61 s after the ends.
        #expect(place(in: one, limits, tokens: 10).hold != nil)
        let refusal = try #require(place(in: one, limits, tokens: 11).refusal)
        #expect(refusal.retryAfterSeconds == 61)
        #expect(refusal.windows?.tokens == LimitWindows.Window(limit: 100, remaining: 10, resetSeconds: 61))
        clock.advance(seconds: 60)
        #expect(place(in: one, limits, tokens: 11).refusal?.retryAfterSeconds == 1)
        clock.advance(seconds: 1)
        #expect(place(in: one, limits, tokens: 100).hold != nil)
    }

    @Test("A call that may use more tokens than the limit runs alone, and the next waits until none counts")
    func largeCall() throws {
        let holds = try open()
        let limits = KeyLimits(tokensPerMinute: 100)
        do {
            let large = try #require(place(in: holds, limits, tokens: 5000).hold)
            #expect(large.windows?.tokens?.remaining == 0)
            #expect(place(in: holds, limits, tokens: 5000).refusal?.retryAfterSeconds == 1)
            large.note(Hold.Use(tokens: 7, isRequest: true))
            large.release()
        }
        clock.advance(seconds: 10)
        #expect(place(in: holds, limits, tokens: 5000).refusal?.retryAfterSeconds == 51)
        #expect(place(in: holds, limits, tokens: 93).hold != nil)
        clock.advance(seconds: 51)
        #expect(place(in: holds, limits, tokens: .max).hold != nil)
    }

    @Test("Of several limits that are reached the client is told the one that takes longest")
    func several() throws {
        let holds = try open()
        let limits = KeyLimits(requestsPerMinute: 1, tokensPerMinute: 10, parallel: 1)
        let kept = place(in: holds, limits, tokens: 5)
        #expect(kept.hold != nil)
        clock.advance(seconds: 20)
        let refusal = try #require(place(in: holds, limits, tokens: 50).refusal)
        #expect(refusal.limit == .requestsPerMinute)
        #expect(refusal.retryAfterSeconds == 41)
        #expect(refusal.windows?.tokens?.remaining == 5)
        #expect(kept.hold != nil)
    }

    @Test("A key that has called within the minute keeps its place, and no longer than that")
    func crowded() throws {
        let holds = try open()
        let limits = KeyLimits(requestsPerMinute: 1)
        // All of these would like the same slot.
        func crowding(_ index: Int) -> KeyID { KeyID(rawValue: Int64(1 + index * HoldLayout.slots)) }
        for index in 0..<256 { #expect(place(in: holds, limits, for: crowding(index)).hold != nil) }
        clock.advance(seconds: 60)
        guard case .refused(.held) = place(in: holds, limits, for: crowding(256)) else {
            Issue.record("placed where a ring was in use")
            return
        }
        #expect(place(in: holds, limits, for: crowding(3)).refusal != nil)
        clock.advance(seconds: 1)
        #expect(place(in: holds, limits, for: crowding(256)).hold != nil)
        #expect(place(in: holds, limits, for: crowding(256)).refusal != nil)
    }

    @Test("Seconds of another start of the host mean nothing to a process that is the first to open the file")
    func restart() throws {
        let limits = KeyLimits(requestsPerMinute: 1)
        #expect(call(in: try open(), limits))
        clock.set("2026-11-20T08:00:00Z")
        let holds = try open()
        #expect(call(in: holds, limits))
        #expect(!call(in: holds, limits))
    }

    @Test("Where a key stands can be asked without counting anything")
    func asked() throws {
        let one = try open()
        let two = try open()
        let limits = KeyLimits(requestsPerMinute: 3, tokensPerMinute: 50)
        #expect(call(in: one, limits, used: 10))
        let live = place(in: one, limits, tokens: 15)
        clock.advance(seconds: 11)
        for _ in 0..<3 {
            let windows = two.windows(of: key, limits: limits)
            #expect(windows?.requests == LimitWindows.Window(limit: 3, remaining: 1, resetSeconds: 50))
            #expect(windows?.tokens == LimitWindows.Window(limit: 50, remaining: 25, resetSeconds: 61))
        }
        #expect(live.hold != nil)
        #expect(two.windows(of: key, limits: KeyLimits(parallel: 1)) == nil)
        #expect(
            two.windows(of: KeyID(rawValue: 8), limits: KeyLimits(requestsPerMinute: 3))?.requests
                == LimitWindows.Window(limit: 3, remaining: 3, resetSeconds: 0))
    }

    @Test("A limit that is changed or given to the key holds for the next call")
    func changed() throws {
        let holds = try open()
        #expect(call(in: holds, KeyLimits()))
        #expect(call(in: holds, KeyLimits(tokensPerMinute: 10), used: 5))
        #expect(call(in: holds, KeyLimits(requestsPerMinute: 2)))
        #expect(!call(in: holds, KeyLimits(requestsPerMinute: 2)))
        #expect(call(in: holds, KeyLimits(requestsPerMinute: 3)))
        #expect(!call(in: holds, KeyLimits(requestsPerMinute: 1)))
        #expect(call(in: holds, KeyLimits()))
    }
}

extension SharedHolds.Placement {
    fileprivate var hold: Hold? { if case .placed(let hold) = self { hold } else { nil } }
    fileprivate var refusal: LimitRefusal? { if case .limited(let refusal) = self { refusal } else { nil } }
}

import TestSupport
import Testing

@testable import Core

@Suite("The pace of calls that all workers share")
struct SharedPaceTests {
    private static let second: UInt64 = 1_000_000_000
    private let folder = TemporaryDirectory()

    private func open() throws -> SharedPace {
        try SharedPace(
            path: folder.file("pace"), second: .init(burst: 8, perPeriod: 38, period: .seconds(1)),
            minute: .init(burst: 120, perPeriod: 840, period: .seconds(60)))
    }

    @Test("never lets more through in any second or minute than the limits, and all in their order")
    func windows() throws {
        // Two workers that ask in turn, faster than they may.
        let workers = [try open(), try open()]
        var due: [UInt64] = []
        for number in 0..<2000 {
            let now = Self.second + UInt64(number) * 1_000_000
            guard let wait = workers[number % 2].reserve(7, now: now) else { break }
            due.append(now + wait.nanosecondsOfTest)
        }
        #expect(due.count > 1000)
        #expect(due == due.sorted())
        for (index, start) in due.enumerated() {
            #expect(due[index...].prefix { $0 < start + Self.second }.count <= 50)
            #expect(due[index...].prefix { $0 < start + 60 * Self.second }.count <= 1000)
        }
        // Of another caller nothing is known.
        #expect(workers[0].reserve(8, now: Self.second) == .zero)
    }

    @Test("refuses who would have to wait for more than two minutes")
    func bounded() throws {
        let pace = try open()
        var taken = 0
        while pace.reserve(1, now: Self.second) != nil, taken < 10_000 { taken += 1 }
        #expect((1700...1900).contains(taken))
        #expect(pace.reserve(1, now: 10 * Self.second) != nil)
    }

    @Test("keeps half of the burst for calls that must be made, and stops for as long as it is told")
    func offers() throws {
        let pace = try open()
        var taken = 0
        while pace.offer(1, now: Self.second), taken < 100 { taken += 1 }
        #expect((4...5).contains(taken))
        #expect(pace.reserve(1, now: Self.second) == .zero)
        pace.hold(1, for: .seconds(3), now: 5 * Self.second)
        #expect(!pace.offer(1, now: 7 * Self.second))
        let wait = try #require(pace.reserve(1, now: 7 * Self.second))
        #expect(wait >= .seconds(1) && wait < .milliseconds(1100))
        #expect(pace.offer(1, now: 9 * Self.second))
    }
}

extension Duration {
    fileprivate var nanosecondsOfTest: UInt64 {
        UInt64(components.seconds) * 1_000_000_000 + UInt64(components.attoseconds / 1_000_000_000)
    }
}

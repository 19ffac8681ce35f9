import Testing

@testable import Storage

@Suite("The ledger's pace")
struct LedgerPaceTests {
    private let second: UInt64 = 1_000_000_000

    @Test("is busy from more than 500 threads a second between two looks")
    func threshold() {
        // Nothing to compare the first look with; the fourth is over a tenth of a second.
        let looks: [(newest: Int64, time: UInt64)] = [
            (1_000_000, second), (1_000_500, 2 * second), (1_001_001, 3 * second),
            (1_001_052, 3 * second + second / 10), (1_001_052, 4 * second),
        ]
        #expect(judge(looks) == [false, false, true, true, false])
    }

    @Test("is not busy when no time has passed, or the newest was removed with its file")
    func oddities() {
        #expect(judge([(10, second), (5000, second), (3, 2 * second)]) == [false, false, false])
    }

    private func judge(_ looks: [(newest: Int64, time: UInt64)]) -> [Bool] {
        var pace = LedgerPace()
        return looks.map { pace.isBusy(newest: $0.newest, now: $0.time) }
    }
}

/// How long recent calls took, in milliseconds. Percentiles are by nearest rank, so each is the latency of a real call.
package struct LatencySummary: Sendable, Equatable {
    /// How many of the newest calls are looked at.
    package static let window = 1000

    package struct Percentiles: Sendable, Equatable {
        package var p50: Int
        package var p99: Int

        /// Nil of nothing.
        package init?(_ values: [Int]) {
            guard !values.isEmpty else { return nil }
            let sorted = values.sorted()
            let rank = { (percent: Int) in (sorted.count * percent + 99) / 100 - 1 }
            p50 = sorted[rank(50)]
            p99 = sorted[rank(99)]
        }
    }

    /// The calls that were looked at.
    package var calls: Int
    /// Of those in which a token came.
    package var firstByte: Percentiles?
    /// Of the same calls, to their end.
    package var invocation: Percentiles?

    package init(calls: Int, firstByte: Percentiles?, invocation: Percentiles?) {
        self.calls = calls
        self.firstByte = firstByte
        self.invocation = invocation
    }
}

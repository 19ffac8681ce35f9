/// What all workers of an instance counted, at one moment.
package struct MetricsSnapshot: Sendable, Equatable {
    package var counters: [MetricCounter: Int]
    /// Sums over the workers that live.
    package var gauges: [MetricGauge: Int]
    package var histograms: [MetricHistogram: Distribution]
    /// How many workers live.
    package var workers: Int

    package init(
        counters: [MetricCounter: Int] = [:], gauges: [MetricGauge: Int] = [:],
        histograms: [MetricHistogram: Distribution] = [:], workers: Int = 0
    ) {
        self.counters = counters
        self.gauges = gauges
        self.histograms = histograms
        self.workers = workers
    }

    /// Durations, sorted into buckets.
    package struct Distribution: Sendable, Equatable {
        /// Upper bounds of the buckets in microseconds, inclusive, ascending; one more bucket holds what is longer.
        package static let bounds = [
            500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
            10_000_000, 30_000_000, 60_000_000, 120_000_000, 300_000_000,
        ]

        /// How many fell into each bucket alone; one more than ``bounds``.
        package var counts: [Int]
        package var sumMicroseconds: Int

        package init(counts: [Int], sumMicroseconds: Int) {
            self.counts = counts
            self.sumMicroseconds = sumMicroseconds
        }

        /// The bucket that a duration belongs to.
        package static func bucket(of microseconds: Int) -> Int {
            bounds.firstIndex { microseconds <= $0 } ?? bounds.count
        }
    }
}

/// Where the counts of all workers can be read.
package protocol MetricsSource: Sendable {
    func snapshot() -> MetricsSnapshot
}

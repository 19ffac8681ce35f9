/// Where each count lies in the file of ``SharedMetrics``, in words of 8 bytes: one page of header, then a block a worker.
enum MetricsLayout {
    /// Two generations of workers live at once during an upgrade.
    private static let blocks = 256
    private static let headerWords = 512

    /// The buckets of a histogram, then its sum.
    static let histogramWords = MetricsSnapshot.Distribution.bounds.count + 2
    static let blockWords =
        MetricCounter.allCases.count + MetricGauge.allCases.count + MetricHistogram.allCases.count * histogramWords
    static let file = SharedFile.Layout(
        stamp: stamp, commonWords: headerWords, blocks: blocks, blockWords: blockWords)

    /// Changes with anything that changes the layout: a file of another version of Brook is never counted into. FNV-1a
    /// (64 bit) over the names, in their order, and the bounds.
    private static let stamp: UInt64 = {
        var names = MetricCounter.allCases.map(\.name) + MetricGauge.allCases.map(\.name)
        names += MetricHistogram.allCases.map(\.name)
        names += (MetricsSnapshot.Distribution.bounds + [blocks, headerWords]).map { String($0) }
        return names.joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }()

    /// Offsets in words from the start of a block: counters, gauges, histograms.
    static func place(_ counter: MetricCounter) -> Int { counter.rawValue }
    static func place(_ gauge: MetricGauge) -> Int { counters + gauge.rawValue }
    static func place(_ histogram: MetricHistogram) -> Int { counters + gauges + histogram.rawValue * histogramWords }

    private static let counters = MetricCounter.allCases.count
    private static let gauges = MetricGauge.allCases.count
}

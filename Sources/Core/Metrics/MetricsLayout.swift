/// Where each count lies in the file of ``SharedMetrics``, in words of 8 bytes: one page of header, then a block a worker.
enum MetricsLayout {
    /// Two generations of workers live at once during an upgrade.
    static let blocks = 256
    static let headerWords = 512

    /// The buckets of a histogram, then its sum.
    static let histogramWords = MetricsSnapshot.Distribution.bounds.count + 2
    static let blockWords =
        MetricCounter.allCases.count + MetricGauge.allCases.count + MetricHistogram.allCases.count * histogramWords
    static let fileBytes = (headerWords + blocks * blockWords) * 8

    /// Stands in the first word of the file, and changes with anything that changes the layout: a file of another
    /// version of Brook is never counted into. FNV-1a (64 bit) over the names, in their order, and the bounds.
    static let stamp: UInt64 = {
        var names = MetricCounter.allCases.map(\.rawValue) + MetricGauge.allCases.map(\.rawValue)
        names += MetricHistogram.allCases.map(\.rawValue)
        names += (MetricsSnapshot.Distribution.bounds + [blocks, headerWords]).map { String($0) }
        return names.joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }()

    private static let counterPlaces = places(MetricCounter.allCases, from: 0, words: 1)
    private static let gaugePlaces = places(MetricGauge.allCases, from: MetricCounter.allCases.count, words: 1)
    private static let histogramPlaces = places(
        MetricHistogram.allCases, from: MetricCounter.allCases.count + MetricGauge.allCases.count,
        words: histogramWords)

    /// Offsets in words from the start of a block.
    static func place(_ counter: MetricCounter) -> Int { counterPlaces[counter] ?? 0 }
    static func place(_ gauge: MetricGauge) -> Int { gaugePlaces[gauge] ?? 0 }
    static func place(_ histogram: MetricHistogram) -> Int { histogramPlaces[histogram] ?? 0 }

    /// The start of a block in words from the start of the file.
    static func start(ofBlock block: Int) -> Int { headerWords + block * blockWords }

    private static func places<Metric: Hashable>(_ metrics: [Metric], from start: Int, words: Int) -> [Metric: Int] {
        var places: [Metric: Int] = [:]
        for (index, metric) in metrics.enumerated() { places[metric] = start + index * words }
        return places
    }
}

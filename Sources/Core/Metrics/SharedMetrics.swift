package import EventLoop
internal import Synchronization

/// Counts in a file that all workers of an instance have mapped, so that any of them can tell what all of them did.
///
/// Each worker adds to a block of its own. When it dies its gauges no longer count, while its counters stay, and the
/// next worker that starts goes on counting in the same block. Adding is a relaxed atomic addition, from any thread.
package final class SharedMetrics: MetricsRecorder, MetricsSource {
    private let file: SharedFile

    /// - Parameter path: on a file system in memory (`/run`) the counts begin anew at each boot; either will do.
    package init(path: String) throws(SystemCallError) {
        file = try SharedFile(path: path, layout: MetricsLayout.file)
        for gauge in MetricGauge.allCases {
            unsafe word(MetricsLayout.place(gauge)).pointee.store(0, ordering: .relaxed)
        }
    }

    package func add(_ counter: MetricCounter, _ amount: Int) {
        unsafe word(MetricsLayout.place(counter)).pointee.wrappingAdd(amount, ordering: .relaxed)
    }

    package func change(_ gauge: MetricGauge, by amount: Int) {
        unsafe word(MetricsLayout.place(gauge)).pointee.wrappingAdd(amount, ordering: .relaxed)
    }

    package func observe(_ histogram: MetricHistogram, microseconds: Int) {
        let place = MetricsLayout.place(histogram)
        let bucket = MetricsSnapshot.Distribution.bucket(of: microseconds)
        unsafe word(place + bucket).pointee.wrappingAdd(1, ordering: .relaxed)
        unsafe word(place + MetricsLayout.histogramWords - 1).pointee.wrappingAdd(microseconds, ordering: .relaxed)
    }

    /// The blocks of workers that live now. For once a second, not for each request.
    package func livingBlocks() -> [Int] { file.livingBlocks() }

    /// The gauge of this worker, and its sum over the workers of `living`.
    package func share(of gauge: MetricGauge, among living: [Int]) -> MetricShare {
        let place = MetricsLayout.place(gauge)
        return MetricShare(
            own: sum(place, over: CollectionOfOne(file.block)), all: sum(place, over: living), workers: living.count)
    }

    package func snapshot() -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        let all = 0..<MetricsLayout.file.blocks
        let living = livingBlocks()
        snapshot.workers = living.count
        for counter in MetricCounter.allCases {
            snapshot.counters[counter] = sum(MetricsLayout.place(counter), over: all)
        }
        for gauge in MetricGauge.allCases {
            snapshot.gauges[gauge] = sum(MetricsLayout.place(gauge), over: living)
        }
        for histogram in MetricHistogram.allCases {
            let place = MetricsLayout.place(histogram)
            let last = MetricsLayout.histogramWords - 1
            snapshot.histograms[histogram] = MetricsSnapshot.Distribution(
                counts: (0..<last).map { sum(place + $0, over: all) }, sumMicroseconds: sum(place + last, over: all))
        }
        return snapshot
    }

    private func sum(_ place: Int, over blocks: some Sequence<Int>) -> Int {
        blocks.reduce(0) { sum, block in
            unsafe sum
                &+ file.word(MetricsLayout.file.start(ofBlock: block) + place).pointee.load(ordering: .relaxed)
        }
    }

    private func word(_ place: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        unsafe file.word(MetricsLayout.file.start(ofBlock: file.block) + place)
    }
}

import Core
import Synchronization

/// Metrics of one test.
final class CountingMetrics: MetricsRecorder, MetricsSource {
    private let counts = Mutex(MetricsSnapshot())

    func add(_ counter: MetricCounter, _ amount: Int) {
        counts.withLock { $0.counters[counter, default: 0] += amount }
    }

    func change(_ gauge: MetricGauge, by amount: Int) {
        counts.withLock { $0.gauges[gauge, default: 0] += amount }
    }

    func observe(_ histogram: MetricHistogram, microseconds: Int) {}

    func snapshot() -> MetricsSnapshot { counts.withLock { $0 } }

    func value(_ counter: MetricCounter) -> Int { snapshot().counters[counter] ?? 0 }
}

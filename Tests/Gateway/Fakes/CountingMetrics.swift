import Core
import Synchronization

/// Counts in a dictionary.
final class CountingMetrics: MetricsRecorder {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ counter: MetricCounter, _ amount: Int) { add(counter.name, amount) }
    func change(_ gauge: MetricGauge, by amount: Int) { add(gauge.name, amount) }
    func observe(_ histogram: MetricHistogram, microseconds: Int) { add(histogram.name, 1) }

    private func add(_ name: String, _ amount: Int) { counts.withLock { $0[name, default: 0] += amount } }

    subscript(counter: MetricCounter) -> Int { counts.withLock { $0[counter.name] ?? 0 } }
    subscript(gauge: MetricGauge) -> Int { counts.withLock { $0[gauge.name] ?? 0 } }
    subscript(histogram: MetricHistogram) -> Int { counts.withLock { $0[histogram.name] ?? 0 } }
}

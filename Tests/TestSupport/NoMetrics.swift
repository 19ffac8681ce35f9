package import Core

/// Counts nothing.
package struct NoMetrics: MetricsRecorder {
    package init() {}

    package func add(_ counter: MetricCounter, _ amount: Int) {}
    package func change(_ gauge: MetricGauge, by amount: Int) {}
    package func observe(_ histogram: MetricHistogram, microseconds: Int) {}
}

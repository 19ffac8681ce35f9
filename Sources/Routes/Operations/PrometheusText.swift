internal import Core

/// Prometheus' text format, version 0.0.4.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// - Parameter database: nil when storage cannot tell; its gauges are left out then.
    static func render(_ snapshot: MetricsSnapshot, database: DatabaseSize? = nil) -> String {
        var text = ""
        family(&text, "workers", "gauge", "Worker processes that live.")
        text += "brook_workers \(snapshot.workers)\n"
        for counter in MetricCounter.allCases {
            family(&text, counter.name, "counter", counter.help)
            text += "brook_\(counter.name) \(snapshot.counters[counter] ?? 0)\n"
        }
        for gauge in MetricGauge.allCases {
            family(&text, gauge.name, "gauge", gauge.help)
            text += "brook_\(gauge.name) \(snapshot.gauges[gauge] ?? 0)\n"
        }
        if let database { render(database, into: &text) }
        for histogram in MetricHistogram.allCases {
            family(&text, histogram.name, "histogram", histogram.help)
            if let distribution = snapshot.histograms[histogram] {
                render(distribution, "brook_\(histogram.name)", into: &text)
            }
        }
        return text
    }

    private static func render(_ database: DatabaseSize, into text: inout String) {
        for (name, help, bytes) in [
            ("database_size_bytes", "Size of the database file, without its log.", database.total),
            ("database_free_bytes", "Part of the database file that is free, and used again first.", database.free),
            ("database_wal_bytes", "Size of the write-ahead log beside the database.", database.log),
        ] {
            family(&text, name, "gauge", help)
            text += "brook_\(name) \(bytes)\n"
        }
    }

    /// Buckets are cumulative in the format.
    private static func render(
        _ distribution: MetricsSnapshot.Distribution, _ name: String, into text: inout String
    ) {
        var total = 0
        for (index, count) in distribution.counts.enumerated() {
            total += count
            let bounds = MetricsSnapshot.Distribution.bounds
            let bound = index < bounds.count ? seconds(bounds[index]) : "+Inf"
            text += "\(name)_bucket{le=\"\(bound)\"} \(total)\n"
        }
        text += "\(name)_sum \(seconds(distribution.sumMicroseconds))\n\(name)_count \(total)\n"
    }

    private static func family(_ text: inout String, _ name: String, _ type: String, _ help: String) {
        text += "# HELP brook_\(name) \(escaped(help))\n# TYPE brook_\(name) \(type)\n"
    }

    /// In a help text the format knows `\\` and `\n` only.
    static func escaped(_ help: String) -> String {
        help.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }

    /// A whole number of microseconds as seconds, exactly and without an exponent.
    static func seconds(_ microseconds: Int) -> String {
        let (whole, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        guard fraction > 0 else { return String(whole) }
        var digits = String(fraction + 1_000_000).dropFirst()
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}

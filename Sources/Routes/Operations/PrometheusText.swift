internal import Core

/// Prometheus' text format, version 0.0.4.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func render(_ snapshot: MetricsSnapshot) -> String {
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
        for histogram in MetricHistogram.allCases {
            family(&text, histogram.name, "histogram", histogram.help)
            if let distribution = snapshot.histograms[histogram] {
                render(distribution, "brook_\(histogram.name)", into: &text)
            }
        }
        return text
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

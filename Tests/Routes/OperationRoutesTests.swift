import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct OperationRoutesTests {
    @Test("A process is alive whatever its storage does")
    func health() async throws {
        try await onLoop {
            let world = try await World()
            world.storage.failure = .unavailable("gone")
            let answer = await world.send("GET", "/healthz", as: .nobody)
            #expect(answer.status == 200 && answer.text == #"{"status":"ok"}"#)
        }
    }

    @Test("A process is ready while storage answers and it does not drain")
    func readiness() async throws {
        try await onLoop {
            let world = try await World()
            #expect(await world.send("GET", "/readyz", as: .nobody).status == 200)
            world.storage.failure = .unavailable("a private cause")
            let gone = await world.send("GET", "/readyz", as: .nobody)
            #expect(gone.status == 503 && gone.text == #"{"status":"unavailable","reason":"storage_unavailable"}"#)
            world.storage.failure = nil
            #expect(await world.send("GET", "/readyz", as: .nobody).status == 200)
            world.lifecycle.beginDraining()
            let draining = await world.send("GET", "/readyz", as: .nobody)
            #expect(draining.status == 503 && draining.text.contains("draining"))
            #expect(world.storage.checks == 3)
        }
    }

    @Test("Storage that hangs is reported within the bound, with one check under way however often it is asked")
    func hangingStorage() async throws {
        try await onLoop {
            var settings = RouteSettings()
            settings.readinessTimeout = .milliseconds(20)
            let world = try await World(settings: settings)
            let gate = Gate()
            world.storage.onCheck = { await gate.wait() }
            for _ in 1...3 {
                let answer = await world.send("GET", "/readyz", as: .nobody)
                #expect(answer.status == 503 && answer.text.contains("storage_timeout"))
            }
            #expect(world.storage.checks == 1)
            world.storage.onCheck = nil
            gate.open()
            // The check that hung may end before or after this one asks; both say ready.
            #expect(await world.send("GET", "/readyz", as: .nobody).status == 200)
        }
    }

    @Test("Metrics are told in Prometheus' text format")
    func metrics() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/metrics", as: .nobody)
            #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.text.contains("brook_requests_total 1\n"))
            let families = MetricCounter.allCases.count + MetricGauge.allCases.count + MetricHistogram.allCases.count
            #expect(answer.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE brook_") }.count == families + 4)
            #expect(answer.text.split(separator: "\n").filter { $0.hasPrefix("# HELP brook_") }.count == families + 4)
            #expect(answer.text.contains("# TYPE brook_database_size_bytes gauge\nbrook_database_size_bytes 40960\n"))
            #expect(answer.text.contains("\nbrook_database_free_bytes 8192\n"))
            #expect(answer.text.contains("\nbrook_database_wal_bytes 123\n"))
        }
    }

    @Test("Metrics are told without the database's size while storage is in trouble")
    func metricsWithoutStorage() async throws {
        try await onLoop {
            let world = try await World()
            world.storage.failure = .unavailable("gone")
            let answer = await world.send("GET", "/metrics", as: .nobody)
            #expect(answer.status == 200 && answer.text.contains("brook_requests_total 1\n"))
            #expect(!answer.text.contains("brook_database_"))
        }
    }

    @Test("A histogram's buckets are cumulative and its times exact")
    func histogram() {
        var counts = [Int](repeating: 0, count: MetricsSnapshot.Distribution.bounds.count + 1)
        counts[0] = 2
        counts[1] = 3
        counts[counts.count - 1] = 1
        var snapshot = MetricsSnapshot(workers: 2)
        snapshot.histograms[.call] = .init(counts: counts, sumMicroseconds: 12_000_050)
        let text = PrometheusText.render(snapshot)
        #expect(text.contains("# TYPE brook_call_seconds histogram\nbrook_call_seconds_bucket{le=\"0.0005\"} 2\n"))
        #expect(text.contains("brook_call_seconds_bucket{le=\"0.001\"} 5\n"))
        #expect(text.contains("brook_call_seconds_bucket{le=\"300\"} 5\n"))
        #expect(text.contains("brook_call_seconds_bucket{le=\"+Inf\"} 6\nbrook_call_seconds_sum 12.00005\n"))
        #expect(text.contains("brook_call_seconds_count 6\n"))
        #expect(text.contains("brook_workers 2\n"))
        #expect(text.hasSuffix("\n"))
        #expect(PrometheusText.escaped("a\\b\nc") == "a\\\\b\\nc")
    }
}

/// Holds back whoever waits until it is opened.
@LoopActor
private final class Gate {
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false

    func wait() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

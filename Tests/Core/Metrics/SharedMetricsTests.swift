import Glibc
import TestSupport
import Testing

@testable import Core

@Suite struct SharedMetricsTests {
    @Test("Every worker tells what all of them counted")
    func sharing() throws {
        let folder = TemporaryDirectory()
        let first = try SharedMetrics(path: folder.file("metrics"))
        let second = try SharedMetrics(path: folder.file("metrics"))
        first.add(.requests, 2)
        second.add(.requests, 3)
        second.add(.storageErrors, 1)
        first.change(.connections, by: 5)
        second.change(.connections, by: -1)
        first.observe(.call, microseconds: 500)
        second.observe(.call, microseconds: 501)
        second.observe(.call, microseconds: 300_000_001)
        for metrics in [first, second] {
            let snapshot = metrics.snapshot()
            #expect(snapshot.workers == 2)
            #expect(snapshot.counters[.requests] == 5 && snapshot.counters[.storageErrors] == 1)
            #expect(snapshot.counters[.responses2xx] == 0)
            #expect(snapshot.gauges[.connections] == 4 && snapshot.gauges[.callsInFlight] == 0)
            let call = try #require(snapshot.histograms[.call])
            #expect(call.counts[0] == 1 && call.counts[1] == 1 && call.counts.last == 1)
            #expect(call.counts.reduce(0, +) == 3 && call.sumMicroseconds == 300_001_002)
            #expect(snapshot.histograms[.firstByte]?.counts.allSatisfy { $0 == 0 } == true)
        }
    }

    @Test("A worker sees its share of what all living workers have under way")
    func share() throws {
        let folder = TemporaryDirectory()
        let first = try SharedMetrics(path: folder.file("metrics"))
        let second = try SharedMetrics(path: folder.file("metrics"))
        first.change(.requestsInFlight, by: 30)
        second.change(.requestsInFlight, by: 10)
        let living = first.livingBlocks()
        #expect(living.count == 2)
        #expect(first.share(of: .requestsInFlight, among: living) == MetricShare(own: 30, all: 40, workers: 2))
        #expect(first.share(of: .requestsInFlight, among: living).isLarge)
        #expect(!second.share(of: .requestsInFlight, among: living).isLarge)
        for (own, all, isLarge) in [(28, 40, false), (29, 40, true), (1120, 2000, false), (1130, 2000, true)] {
            #expect(MetricShare(own: own, all: all, workers: 2).isLarge == isLarge, "\(own) of \(all)")
        }
        #expect(!MetricShare(own: 50, all: 50, workers: 1).isLarge)
    }

    @Test("A worker that ends takes its gauges with it and leaves its counters; the next goes on in its block")
    func death() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("metrics")
        let survivor = try SharedMetrics(path: path)
        do {
            let dying = try SharedMetrics(path: path)
            dying.add(.requests, 7)
            dying.change(.requestsInFlight, by: 3)
            #expect(survivor.snapshot().gauges[.requestsInFlight] == 3)
        }
        #expect(survivor.snapshot().workers == 1)
        #expect(survivor.snapshot().gauges[.requestsInFlight] == 0)
        #expect(survivor.snapshot().counters[.requests] == 7)
        let successor = try SharedMetrics(path: path)
        successor.add(.requests, 1)
        #expect(successor.snapshot().gauges[.requestsInFlight] == 0)
        #expect(survivor.snapshot().counters[.requests] == 8)
    }

    @Test("Counters stay while no worker lives")
    func restart() throws {
        let folder = TemporaryDirectory()
        try SharedMetrics(path: folder.file("metrics")).add(.ledgerRows, 4)
        #expect(try SharedMetrics(path: folder.file("metrics")).snapshot().counters[.ledgerRows] == 4)
    }

    @Test(
        "What is no file of the layout is replaced on the path and left to those who use it",
        arguments: [3, 200_000, 2_000_000])
    func foreignFile(bytes: Int) throws {
        let folder = TemporaryDirectory()
        let path = folder.file("metrics")
        let descriptor = open(SharedFile.path(path, MetricsLayout.file), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let content = [UInt8](repeating: 7, count: bytes)
        #expect(write(descriptor, content, bytes) == bytes)
        let metrics = try SharedMetrics(path: path)
        metrics.add(.requests, 1)
        #expect(metrics.snapshot().counters[.requests] == 1)
        var back = [UInt8](repeating: 0, count: bytes)
        #expect(pread(descriptor, &back, bytes, 0) == bytes)
        #expect(back == content)
    }

    @Test("More workers than there are blocks are refused, and leave no lock behind")
    func exhaustion() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("metrics")
        var workers: [SharedMetrics] = []
        for _ in 0..<256 { workers.append(try SharedMetrics(path: path)) }
        #expect(throws: (any Error).self) { try SharedMetrics(path: path) }
        #expect(workers[0].snapshot().workers == 256)
        workers.removeLast()
        #expect(throws: Never.self) { try SharedMetrics(path: path) }
    }

    @Test("A folder that is not there is an error that names the call")
    func noFolder() {
        #expect(throws: (any Error).self) { try SharedMetrics(path: "/nonexistent-folder/metrics") }
    }

    @Test("Threads that count at once lose nothing")
    func threads() async throws {
        let folder = TemporaryDirectory()
        let metrics = try SharedMetrics(path: folder.file("metrics"))
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<20_000 { metrics.add(.tokensIn, 1) } }
            }
        }
        #expect(metrics.snapshot().counters[.tokensIn] == 80_000)
    }
}

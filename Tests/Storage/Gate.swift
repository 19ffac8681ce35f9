import Core
import EventLoop
import Glibc
import Synchronization

/// Holds a thread at a point until the test lets it go. Two pipes, so that neither side spins or sleeps.
final class Gate: Sendable {
    private let arrival: [CInt]
    private let departure: [CInt]

    init() {
        func pair() -> [CInt] {
            var ends: [CInt] = [-1, -1]
            precondition(pipe(&ends) == 0, "no descriptors left")
            return ends
        }
        arrival = pair()
        departure = pair()
    }

    deinit { for end in arrival + departure { close(end) } }

    /// On the thread that is to be held.
    func wait() {
        pass(arrival)
        take(departure)
    }

    /// Suspends until a thread stands at the gate.
    func reached() async {
        await HelperPool.shared.run { self.take(self.arrival) }
    }

    func open() { pass(departure) }

    private func pass(_ pipe: [CInt]) {
        var byte: UInt8 = 1
        precondition(write(pipe[1], &byte, 1) == 1, "the gate's pipe is broken")
    }

    private func take(_ pipe: [CInt]) {
        var byte: UInt8 = 0
        precondition(read(pipe[0], &byte, 1) == 1, "the gate's pipe is broken")
    }
}

/// Counts in memory.
final class CountingMetrics: MetricsRecorder {
    private let counters = Mutex<[MetricCounter: Int]>([:])

    subscript(counter: MetricCounter) -> Int { counters.withLock { $0[counter] ?? 0 } }

    func add(_ counter: MetricCounter, _ amount: Int) { counters.withLock { $0[counter, default: 0] += amount } }
    func change(_ gauge: MetricGauge, by amount: Int) {}
    func observe(_ histogram: MetricHistogram, microseconds: Int) {}
}

/// A file's length in bytes.
func readSize(_ path: String) throws -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemCallError(lastErrorOf: "stat") }
    return Int(status.st_size)
}

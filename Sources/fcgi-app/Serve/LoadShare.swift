internal import Core
internal import EventLoop

/// Whether this worker should leave the next connection to another: streams last long, and the kernel wakes whoever
/// slept last.
@LoopActor
final class LoadShare {
    /// How long the list of living workers is used.
    private static let validity: UInt64 = 1_000_000_000

    private let metrics: SharedMetrics
    private var living: [Int] = []
    private var listedAt: UInt64 = 0

    init(_ metrics: SharedMetrics) { self.metrics = metrics }

    var isLarge: Bool {
        let now = EventLoop.shared.now
        if living.isEmpty || now - listedAt > Self.validity {
            living = metrics.livingBlocks()
            listedAt = now
        }
        return metrics.share(of: .requestsInFlight, among: living).isLarge
    }
}

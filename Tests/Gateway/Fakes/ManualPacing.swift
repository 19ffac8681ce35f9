import EventLoop

@testable import Gateway

/// A clock that stands still but for waits, which take no time; chance is what a test sets.
@LoopActor
final class ManualPacing: Pacing {
    var chance = 1.0
    private(set) var waits: [Duration] = []
    var onWait: (@LoopActor () -> Void)?

    nonisolated init() {}

    private(set) var now: UInt64 = 1_000_000_000_000

    func fraction() -> Double { chance }

    func advance(_ duration: Duration) { now += duration.nanosecondsClamped }

    func wait(_ duration: Duration) async throws(CancellationError) {
        waits.append(duration)
        advance(duration)
        onWait?()
        await Task.yield()
        if Task.isCancelled { throw CancellationError() }
    }
}

package import EventLoop

/// The time of attempts: a clock, waits and chance, so that tests can have their own.
@LoopActor
package protocol Pacing: Sendable {
    /// Monotonic nanoseconds.
    var now: UInt64 { get }
    /// From 0 to 1.
    func fraction() -> Double
    /// Ends early when the task is cancelled.
    func wait(_ duration: Duration) async throws(CancellationError)
}

/// The event loop's.
@LoopActor
package struct LoopPacing: Pacing {
    package nonisolated init() {}

    package var now: UInt64 { EventLoop.shared.now }
    package func fraction() -> Double { Double.random(in: 0...1) }
    package func wait(_ duration: Duration) async throws(CancellationError) {
        try await EventLoop.shared.sleep(for: duration)
    }
}

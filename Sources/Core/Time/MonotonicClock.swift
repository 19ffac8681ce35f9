internal import CLinux

/// Tells seconds that only go forward, and are the same for all processes of the host.
package protocol MonotonicClock: Sendable {
    /// Whole seconds since some moment in the past; never negative.
    var monotonicSeconds: Int { get }
}

/// The host's clock (CLOCK_MONOTONIC), which counts from its start.
package struct SystemMonotonicClock: MonotonicClock {
    package init() {}

    package var monotonicSeconds: Int { Int(brook_monotonic_ns() / 1_000_000_000) }
}

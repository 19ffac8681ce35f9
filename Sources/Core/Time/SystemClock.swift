internal import CLinux

/// The host's clock (CLOCK_REALTIME).
package struct SystemClock: WallClock {
    package init() {}

    package var now: Timestamp { Timestamp(milliseconds: brook_realtime_ns() / 1_000_000) }
}

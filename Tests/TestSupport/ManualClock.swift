package import Core
import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: WallClock, MonotonicClock {
    private let current: Mutex<Timestamp>

    /// Begins at 2026-11-21T08:00:00Z unless told otherwise.
    package init(_ text: String = "2026-11-21T08:00:00Z") {
        guard let start = Timestamp(iso8601: text) else { preconditionFailure("no time: \(text)") }
        current = Mutex(start)
    }

    package var now: Timestamp { current.withLock { $0 } }

    package var monotonicSeconds: Int { Int(now.seconds) }

    package func advance(seconds: Int64) { current.withLock { $0 = $0.adding(seconds: seconds) } }

    package func set(_ text: String) {
        guard let time = Timestamp(iso8601: text) else { preconditionFailure("no time: \(text)") }
        current.withLock { $0 = time }
    }
}

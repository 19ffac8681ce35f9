/// Why a call cannot begin now though the key has money for it.
package struct LimitRefusal: Sendable, Equatable {
    package enum Limit: Sendable, Equatable {
        case requestsPerMinute, tokensPerMinute, parallel
    }

    /// Of several that are reached, the one that takes longest.
    package let limit: Limit
    /// The limit's value.
    package let value: Int
    /// Until the call can succeed, at least 1. It is 1 where that depends on when running calls end.
    package let retryAfterSeconds: Int
    /// Nil for a key without limits a minute.
    package let windows: LimitWindows?

    package init(_ limit: Limit, value: Int, retryAfterSeconds: Int, windows: LimitWindows? = nil) {
        self.limit = limit
        self.value = value
        self.retryAfterSeconds = max(1, retryAfterSeconds)
        self.windows = windows
    }
}

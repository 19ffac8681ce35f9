/// Where a key stands with its limits a minute, as the `x-ratelimit-` fields of an answer tell it.
package struct LimitWindows: Sendable, Equatable {
    package struct Window: Sendable, Equatable {
        package let limit: Int
        /// What is left for calls that begin now; never negative.
        package let remaining: Int
        /// Until all of the limit is free again, if nothing more is asked for.
        package let resetSeconds: Int

        package init(limit: Int, remaining: Int, resetSeconds: Int) {
            self.limit = limit
            self.remaining = max(0, remaining)
            self.resetSeconds = resetSeconds
        }
    }

    /// Nil: the key has no such limit.
    package let requests: Window?
    package let tokens: Window?

    package init(requests: Window? = nil, tokens: Window? = nil) {
        self.requests = requests
        self.tokens = tokens
    }
}

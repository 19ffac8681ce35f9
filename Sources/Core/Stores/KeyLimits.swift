/// How much a key may call, whatever it has to spend. 0 is no limit.
package struct KeyLimits: Sendable, Equatable {
    package var requestsPerMinute = 0
    package var tokensPerMinute = 0
    /// Calls at a time.
    package var parallel = 0

    package init(requestsPerMinute: Int = 0, tokensPerMinute: Int = 0, parallel: Int = 0) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.parallel = parallel
    }

    package var isEmpty: Bool { !isPerMinute && parallel <= 0 }

    /// Whether what the key did in the last minute has to be known.
    package var isPerMinute: Bool { requestsPerMinute > 0 || tokensPerMinute > 0 }
}

extension KeyRecord {
    package var limits: KeyLimits {
        KeyLimits(requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute, parallel: maxParallel)
    }
}

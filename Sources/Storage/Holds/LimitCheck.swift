internal import Core

/// A key's limits against what it did and does: the arithmetic, apart from where the counts are kept.
struct LimitCheck {
    let limits: KeyLimits
    /// Nil for a key without limits a minute.
    let ring: MinuteRing?
    /// Live calls of the key, and the tokens that they have reserved.
    let live: Int
    let reserved: Int
    /// What the next call may use, by estimate.
    let tokens: Int

    /// Why the call cannot begin now; nil when it can.
    var refusal: LimitRefusal? {
        // Of several the client has to wait for the last.
        var found: (limit: LimitRefusal.Limit, value: Int, wait: Int)?
        func note(_ limit: LimitRefusal.Limit, _ value: Int, wait: Int) {
            if found.map({ wait > $0.wait }) ?? true { found = (limit, value, wait) }
        }
        if limits.parallel > 0, live >= limits.parallel { note(.parallel, limits.parallel, wait: 1) }
        if let wait = requestWait { note(.requestsPerMinute, limits.requestsPerMinute, wait: wait) }
        if let wait = tokenWait { note(.tokensPerMinute, limits.tokensPerMinute, wait: wait) }
        return found.map { LimitRefusal($0.limit, value: $0.value, retryAfterSeconds: $0.wait, windows: windows()) }
    }

    private var requestWait: Int? {
        guard let ring, limits.requestsPerMinute > 0 else { return nil }
        let wait = ring.wait(for: .requests, until: limits.requestsPerMinute - 1) ?? 0
        return wait > 0 ? wait : nil
    }

    private var tokenWait: Int? {
        guard let ring, limits.tokensPerMinute > 0 else { return nil }
        if let wait = ring.wait(for: .tokens, until: limits.tokensPerMinute - reserved - tokens) {
            return wait > 0 ? wait : nil
        }
        // It never fits beside others; a call that is alone is let through, or a small limit could never be used.
        guard reserved == 0 else { return 1 }
        let wait = ring.wait(for: .tokens, until: 0) ?? 0
        return wait > 0 ? wait : nil
    }

    /// How the key stands.
    ///
    /// - Parameter tokens: those reserved since the check was made.
    func windows(reserving tokens: Int = 0) -> LimitWindows? {
        guard let ring else { return nil }
        let reserved = reserved + tokens
        var requestWindow: LimitWindows.Window?
        if limits.requestsPerMinute > 0 {
            requestWindow = LimitWindows.Window(
                limit: limits.requestsPerMinute, remaining: limits.requestsPerMinute - ring.sum(.requests),
                resetSeconds: ring.wait(for: .requests, until: 0) ?? 0)
        }
        var tokenWindow: LimitWindows.Window?
        if limits.tokensPerMinute > 0 {
            // What live calls have reserved will count for a minute from their ends.
            let wait = reserved > 0 ? HoldLayout.ringSeconds : ring.wait(for: .tokens, until: 0) ?? 0
            tokenWindow = LimitWindows.Window(
                limit: limits.tokensPerMinute, remaining: limits.tokensPerMinute - reserved - ring.sum(.tokens),
                resetSeconds: wait)
        }
        return LimitWindows(requests: requestWindow, tokens: tokenWindow)
    }
}

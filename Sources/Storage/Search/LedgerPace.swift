/// How fast the ledger of all processes grows, from looks at its newest number.
struct LedgerPace {
    /// Threads a second from which on the machine is needed for calls.
    private static let busy = 500.0

    private var newest: Int64?
    private var time: UInt64 = 0

    /// Whether many threads came since the last look; not known, hence false, at the first.
    ///
    /// - Parameter now: nanoseconds of a clock that never goes back.
    mutating func isBusy(newest: Int64, now: UInt64) -> Bool {
        defer { (self.newest, time) = (newest, now) }
        guard let before = self.newest, now > time else { return false }
        return Double(newest - before) / (Double(now - time) / 1e9) > Self.busy
    }
}

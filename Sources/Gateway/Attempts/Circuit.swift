internal import EventLoop

/// What is remembered of a place that failed: when it is asked again. Pure; times are monotonic nanoseconds.
///
/// After a failure it cools down for a moment. After several in a row its circuit opens: it is left alone for longer, then
/// one call tries it ("half-open"), and how that goes decides. A success forgets all.
struct Circuit: Equatable {
    /// Failures in a row that open the circuit. Throttling alone never does: the place lives.
    static let threshold = 5
    private static let failureCooldown = Duration.milliseconds(500)
    private static let throttleCooldown = Duration.seconds(1)
    private static let longestCooldown = Duration.seconds(60)
    private static let opening = Duration.seconds(15)
    private static let longestOpening = Duration.seconds(300)

    private(set) var failures = 0
    private(set) var isOpen = false
    /// From when the place may be asked again.
    private(set) var readyAt: UInt64 = 0
    private var throttles = 0
    private var openings = 0
    private var isProbing = false

    /// Whether a call that could also go elsewhere may go here.
    func isAvailable(at now: UInt64) -> Bool { now >= readyAt && !isProbing }

    /// A call goes here.
    mutating func begin(at now: UInt64) {
        if isOpen, now >= readyAt { isProbing = true }
    }

    /// The call ended without telling anything of the place.
    mutating func abandon() { isProbing = false }

    mutating func throttled(at now: UInt64, retryAfter: Int?) {
        isProbing = false
        // Calls that were under way together are one throttling.
        if now >= readyAt { throttles += 1 }
        let asked = Duration.seconds(max(0, retryAfter ?? 0))
        cool(max(asked, Self.throttleCooldown * (1 << min(max(throttles - 1, 0), 6))), from: now)
    }

    /// Answers whether the circuit opened, or opened again.
    mutating func failed(at now: UInt64) -> Bool {
        failures += 1
        // What fails of the calls that began before the circuit opened tells nothing new.
        if isOpen, !isProbing { return false }
        isProbing = false
        guard isOpen || failures >= Self.threshold else {
            cool(Self.failureCooldown * (1 << min(failures - 1, 6)), from: now)
            return false
        }
        isOpen = true
        openings += 1
        let pause = min(Self.opening * (1 << min(openings - 1, 8)), Self.longestOpening)
        readyAt = now &+ pause.nanosecondsClamped
        return true
    }

    private mutating func cool(_ duration: Duration, from now: UInt64) {
        readyAt = max(readyAt, now &+ min(duration, Self.longestCooldown).nanosecondsClamped)
    }
}

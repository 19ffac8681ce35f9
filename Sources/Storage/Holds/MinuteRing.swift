internal import Core
internal import Synchronization

/// What the key of a slot did in each second of the last minute, by requests and tokens. Under the mutex of
/// ``SharedHolds`` only.
///
/// Each change is one store, or can be begun anew: a process that is killed in the middle leaves a ring that is right but
/// for what it was about to count.
struct MinuteRing {
    enum Kind {
        case requests, tokens
    }

    /// The second in which the ring stands, in its own count, which begins with ``HoldLayout/ringSeconds``.
    let now: Int
    private let file: SharedFile
    private let slot: Int

    /// Advances the ring: what is older than a minute is gone.
    init(_ slot: Int, of file: SharedFile, now: Int) {
        self.slot = slot
        self.file = file
        let last = Self.load(HoldLayout.ringSecond(slot), file)
        // Another process may have looked at the clock later and come first.
        self.now = max(now, last)
        let outdated = last == 0 ? HoldLayout.ringSeconds : min(self.now - last, HoldLayout.ringSeconds)
        guard outdated > 0 else { return }
        for age in 0..<outdated {
            store(0, at: HoldLayout.requests(slot, second: self.now - age))
            store(0, at: HoldLayout.tokens(slot, second: self.now - age))
        }
        store(self.now, at: HoldLayout.ringSecond(slot))
    }

    /// The second of a ring, from the clock's: never 0, and with a whole ring before it.
    static func second(_ clock: any MonotonicClock) -> Int { clock.monotonicSeconds + HoldLayout.ringSeconds }

    /// Whether nothing in the slot's ring counts any more.
    static func isEmpty(_ slot: Int, of file: SharedFile, clock: any MonotonicClock) -> Bool {
        let last = load(HoldLayout.ringSecond(slot), file)
        return last == 0 || second(clock) - last >= HoldLayout.ringSeconds
    }

    func sum(_ kind: Kind) -> Int {
        var sum = 0
        for age in 0..<HoldLayout.ringSeconds { sum &+= Self.load(word(kind, now - age), file) }
        return sum
    }

    /// Seconds until no more than `most` is counted, 0 if so now; nil when `most` is negative.
    func wait(for kind: Kind, until most: Int) -> Int? {
        guard most >= 0 else { return nil }
        var left = sum(kind)
        var wait = 0
        while left > most, wait < HoldLayout.ringSeconds {
            wait += 1
            left -= Self.load(word(kind, now + wait - HoldLayout.ringSeconds), file)
        }
        return wait
    }

    func add(_ amount: Int, _ kind: Kind) {
        let word = word(kind, now)
        store(Self.load(word, file) &+ amount, at: word)
    }

    /// Takes a request out of its second again, if that still counts.
    func takeBack(requestOf second: Int) {
        guard second > now - HoldLayout.ringSeconds else { return }
        let word = word(.requests, second)
        store(max(0, Self.load(word, file) - 1), at: word)
    }

    private func word(_ kind: Kind, _ second: Int) -> Int {
        switch kind {
        case .requests: HoldLayout.requests(slot, second: second)
        case .tokens: HoldLayout.tokens(slot, second: second)
        }
    }

    private static func load(_ word: Int, _ file: SharedFile) -> Int {
        unsafe file.word(word).pointee.load(ordering: .relaxed)
    }
    private func store(_ value: Int, at word: Int) { unsafe file.word(word).pointee.store(value, ordering: .relaxed) }
}

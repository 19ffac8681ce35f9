package import EventLoop
internal import Synchronization

/// Keeps the calls of all workers to some service within its limits a second and a minute, by one word each in memory
/// that the workers share.
///
/// A word holds the time at which the next call would be due if calls came evenly (the generic cell rate algorithm, ITU-T
/// I.371). Each call moves it on by an interval; a call that comes earlier than the burst allows has to wait for its turn.
/// So callers wait in the order in which they asked, whichever worker they are in, and nobody asks twice.
package final class SharedPace: Sendable {
    /// At most `burst` at once, then one an interval.
    package struct Rate: Sendable {
        let interval: Int
        let burst: Int

        /// In any window of the length of `period` come at most `burst` and `perPeriod` calls together.
        package init(burst: Int, perPeriod: Int, period: Duration) {
            self.burst = burst
            interval = Int(period.nanosecondsClamped) / perPeriod
        }
    }

    private static let slots = 1020
    private static let firstSlot = 8
    private static let layout = SharedFile.Layout(
        stamp: 0x6272_6b70_6163_6501, commonWords: firstSlot + 2 * slots, blocks: 256, blockWords: 1)
    /// Who would have to wait longer is refused.
    private static let longestWait = 120 * 1_000_000_000

    private let file: SharedFile
    private let second: Rate
    private let minute: Rate

    /// Opens the file, making it where there is none.
    package init(path: String, second: Rate, minute: Rate) throws(SystemCallError) {
        self.second = second
        self.minute = minute
        file = try SharedFile(path: path, layout: Self.layout) { file in
            // Nobody else has the file open, and the clock may have begun anew.
            for slot in 0..<(2 * Self.slots) {
                unsafe file.word(Self.firstSlot + slot).pointee.store(0, ordering: .relaxed)
            }
        }
    }

    /// Takes the next turn of `caller`, whose number is any hash: callers that share a slot share its limits. Answers how
    /// long to wait until the turn; nil when that would be more than 2 minutes, and then no turn is taken.
    package func reserve(_ caller: UInt64, now: UInt64) -> Duration? {
        let now = Int(clamping: now)
        let place = place(of: caller)
        guard max(wait(place, second, now), wait(place + 1, minute, now)) <= Self.longestWait else { return nil }
        return .nanoseconds(max(advance(place, second, now), advance(place + 1, minute, now)))
    }

    /// Takes a turn only if it is now, and half of the burst is left for calls that must be made.
    package func offer(_ caller: UInt64, now: UInt64) -> Bool {
        let place = place(of: caller)
        let time = Int(clamping: now)
        guard backlog(place, at: time) <= second.burst / 2 * second.interval,
            backlog(place + 1, at: time) <= minute.burst / 2 * minute.interval
        else { return false }
        return reserve(caller, now: now) == .zero
    }

    /// Lets nobody have a turn for a while, because the service has asked for that.
    package func hold(_ caller: UInt64, for pause: Duration, now: UInt64) {
        let place = place(of: caller)
        let end = Int(clamping: now) + Int(clamping: pause.nanosecondsClamped)
        raise(place, to: end + second.burst * second.interval)
    }

    private func place(of caller: UInt64) -> Int { Self.firstSlot + 2 * Int(caller % UInt64(Self.slots)) }

    private func backlog(_ place: Int, at now: Int) -> Int {
        unsafe file.word(place).pointee.load(ordering: .relaxed) - now
    }

    /// The nanoseconds that the next call would have to wait.
    private func wait(_ place: Int, _ rate: Rate, _ now: Int) -> Int {
        max(0, backlog(place, at: now) - (rate.burst - 1) * rate.interval)
    }

    /// Moves a word on by an interval; answers the nanoseconds to wait.
    private func advance(_ place: Int, _ rate: Rate, _ now: Int) -> Int {
        let word = unsafe file.word(place)
        var seen = unsafe word.pointee.load(ordering: .relaxed)
        while true {
            let next = max(seen, now) + rate.interval
            let (done, found) = unsafe word.pointee.compareExchange(
                expected: seen, desired: next, ordering: .relaxed)
            if done { return max(0, next - now - rate.burst * rate.interval) }
            seen = found
        }
    }

    private func raise(_ place: Int, to value: Int) {
        let word = unsafe file.word(place)
        _ = unsafe word.pointee.max(value, ordering: .relaxed)
    }
}

internal import CLinux
internal import Core
internal import EventLoop
internal import Synchronization

/// The live holds of every process that works on one database, and what keys with limits did in the last minute, in
/// memory that they share: what an admission counts is exact across processes, and costs no write and no wait.
///
/// A process notes its holds in its own block of the file, and a key's holds are the sum over the blocks of living
/// processes. All changes are made under one mutex that survives the death of its holder. A process that is killed in
/// the middle of one leaves only its own block half written, and that no longer counts.
///
/// Each release begins a generation, and notes it with its key. An admission reads the generation, then what the key has
/// spent, then places its hold under that generation: if a call of the key was settled in between, the spending that was
/// read may lack its fee while its hold is gone already, and the admission has to read again.
final class SharedHolds: Sendable {
    enum Placement {
        case placed(Hold)
        case refused(Purse.Verdict)
        case limited(LimitRefusal)
        /// A call of the key was settled since the generation was read.
        case outdated
    }

    /// More than any call costs; keeps the sum of a key's holds within 64 bits whatever prices were entered.
    private static let largest = Money(nanodollars: 100_000 * 1_000_000_000)
    /// More than any call uses, for the same reason.
    private static let mostTokens = 1 << 40
    /// Slots that are looked at for a key. When other keys need all of them, the key has to wait.
    private static let window = 256

    private let file: SharedFile
    private let clock: any MonotonicClock

    /// Opens the file beside the database, making it where there is none.
    init(
        database: String, clock: any MonotonicClock = SystemMonotonicClock()
    ) throws(SystemCallError) {
        self.clock = clock
        file = try SharedFile(path: database + ".holds", layout: HoldLayout.file) { file in
            _ = unsafe brook_shared_mutex_init(file.word(HoldLayout.mutex))
            // Nobody else has the file open, perhaps after a restart of the machine: what it says of processes is void,
            // and its seconds may be those of another start of the clock.
            for block in 0..<HoldLayout.file.blocks { Self.clear(block, of: file) }
            for slot in 0..<HoldLayout.slots {
                unsafe file.word(HoldLayout.key(slot)).pointee.store(0, ordering: .relaxed)
            }
        }
        locked {
            _ = Self.clear(file.block, of: file)
            store(1, at: HoldLayout.use(file.block))
        }
    }

    /// What a placement is made under. From any thread.
    var generation: Int { unsafe file.word(HoldLayout.lastGeneration).pointee.load(ordering: .acquiring) }

    /// Which keys, models, groups and rights there are: another value after each change, in every process.
    var catalogGeneration: Int {
        unsafe file.word(HoldLayout.catalogGeneration).pointee.load(ordering: .acquiring)
    }

    /// To be called after a change is committed, and before whoever wanted it is told.
    func catalogChanged() {
        unsafe file.word(HoldLayout.catalogGeneration).pointee.wrappingAdd(1, ordering: .releasing)
    }

    /// Places a hold if `judge` admits it on top of the key's other live holds, of which it is told sum and number, and
    /// the key's limits do.
    func place(
        _ request: HoldRequest, under generation: Int, judge: (_ held: Money, _ count: Int) -> Purse.Verdict
    ) -> Placement {
        let placement = attempt(request, under: generation, judge)
        // What stands in the way may belong to a process that has died.
        switch placement {
        case .refused(.held): break
        case .limited(let refusal) where refusal.limit != .requestsPerMinute: break
        default: return placement
        }
        return dropDead() > 0 ? attempt(request, under: generation, judge) : placement
    }

    private func attempt(
        _ request: HoldRequest, under generation: Int, _ judge: (Money, Int) -> Purse.Verdict
    ) -> Placement {
        let amount = min(request.amount ?? .zero, Self.largest)
        return locked {
            guard let slot = slot(of: request.keyID) else { return .refused(.held) }
            guard load(HoldLayout.generation(slot)) <= generation else { return .outdated }
            let (held, count) = sum(slot)
            let verdict = judge(Money(nanodollars: Int64(held)), count)
            guard verdict == .admitted else { return .refused(verdict) }
            guard request.limits.isEmpty else { return placeLimited(request, amount, slot: slot, live: count) }
            return .placed(plainHold(amount, slot: slot))
        }
    }

    /// Under the mutex.
    private func placeLimited(_ request: HoldRequest, _ amount: Money, slot: Int, live: Int) -> Placement {
        let limits = request.limits
        let tokens = min(max(0, request.tokens), Self.mostTokens)
        let ring = limits.isPerMinute ? MinuteRing(slot, of: file, now: MinuteRing.second(clock)) : nil
        let check = LimitCheck(limits: limits, ring: ring, live: live, reserved: reserved(slot), tokens: tokens)
        if let refusal = check.refusal { return .limited(refusal) }
        guard let ring else { return .placed(plainHold(amount, slot: slot)) }
        note(amount, slot: slot)
        let kept = Hold.Amount(amount, place: slot)
        add(tokens, to: HoldLayout.reserved(slot, block: file.block))
        ring.add(1, .requests)
        let begin = ring.now
        return .placed(
            Hold(windows: check.windows(reserving: tokens), amount: kept) { [self] use in
                locked {
                    add(-tokens, to: HoldLayout.reserved(slot, block: file.block))
                    let ring = MinuteRing(slot, of: file, now: MinuteRing.second(clock))
                    ring.add(min(max(0, use.tokens), Self.mostTokens), .tokens)
                    if !use.isRequest { ring.takeBack(requestOf: begin) }
                    release(kept.money, slot: slot)
                }
            })
    }

    /// Under the mutex. One that no limit a minute goes with.
    private func plainHold(_ amount: Money, slot: Int) -> Hold {
        note(amount, slot: slot)
        let kept = Hold.Amount(amount, place: slot)
        return Hold(amount: kept) { [self] _ in locked { release(kept.money, slot: slot) } }
    }

    /// Changes what a live hold of this process sets aside. For more, `judge` is told the sum and number of the key's
    /// other holds. Answers nil where a call of the key was settled since the generation was read.
    func reprice(
        _ kept: Hold.Amount, to wanted: Money, under generation: Int,
        judge: (_ held: Money, _ count: Int) -> Purse.Verdict
    ) -> Purse.Verdict? {
        let amount = min(wanted, Self.largest)
        return locked {
            let (slot, old) = (kept.place, kept.money)
            if amount > old {
                guard load(HoldLayout.generation(slot)) <= generation else { return nil }
                let (held, count) = sum(slot)
                let others = Money(nanodollars: max(0, Int64(held) - old.nanodollars))
                let verdict = judge(others, max(0, count - 1))
                guard verdict == .admitted else { return verdict }
            }
            add(Int(amount.nanodollars - old.nanodollars), to: HoldLayout.amount(slot, block: file.block))
            kept.money = amount
            return .admitted
        }
    }

    /// Under the mutex.
    private func note(_ amount: Money, slot: Int) {
        add(Int(amount.nanodollars), to: HoldLayout.amount(slot, block: file.block))
        add(1, to: HoldLayout.count(slot, block: file.block))
    }

    /// Under the mutex. The slot is the key's as long as it has live holds.
    private func release(_ amount: Money, slot: Int) {
        let generation = load(HoldLayout.lastGeneration) + 1
        unsafe file.word(HoldLayout.lastGeneration).pointee.store(generation, ordering: .releasing)
        store(generation, at: HoldLayout.generation(slot))
        add(-1, to: HoldLayout.count(slot, block: file.block))
        add(-Int(amount.nanodollars), to: HoldLayout.amount(slot, block: file.block))
    }

    /// How the key stands with its limits a minute; nil where there are none.
    func windows(of key: KeyID, limits: KeyLimits) -> LimitWindows? {
        guard limits.isPerMinute else { return nil }
        return locked {
            guard let slot = slot(of: key) else { return nil }
            let ring = MinuteRing(slot, of: file, now: MinuteRing.second(clock))
            let check = LimitCheck(limits: limits, ring: ring, live: 0, reserved: reserved(slot), tokens: 0)
            return check.windows()
        }
    }

    /// Sum and number of a key's live holds.
    func live(of key: KeyID) -> (held: Money, count: Int) {
        locked {
            guard let slot = slot(of: key) else { return (.zero, 0) }
            let (held, count) = sum(slot)
            return (Money(nanodollars: Int64(held)), count)
        }
    }

    /// Forgets the holds of processes that have died; answers how many calls they were of. To be called now and then.
    @discardableResult
    func dropDead() -> Int {
        locked {
            var dropped = 0
            for block in 0..<HoldLayout.file.blocks where load(HoldLayout.use(block)) != 0 && !file.isLiving(block) {
                dropped += Self.clear(block, of: file)
            }
            return dropped
        }
    }

    /// Empties the block of a process that has died; answers how many holds stood in it.
    @discardableResult
    private static func clear(_ block: Int, of file: SharedFile) -> Int {
        func word(_ index: Int) -> UnsafeMutablePointer<Atomic<Int>> { unsafe file.word(index) }
        // A block that is not in use is empty; looking would bring its pages into memory.
        guard unsafe word(HoldLayout.use(block)).pointee.load(ordering: .relaxed) != 0 else { return 0 }
        var holds = 0
        for slot in 0..<HoldLayout.slots {
            holds += unsafe word(HoldLayout.count(slot, block: block)).pointee.exchange(0, ordering: .relaxed)
            _ = unsafe word(HoldLayout.amount(slot, block: block)).pointee.exchange(0, ordering: .relaxed)
            _ = unsafe word(HoldLayout.reserved(slot, block: block)).pointee.exchange(0, ordering: .relaxed)
        }
        unsafe word(HoldLayout.use(block)).pointee.store(0, ordering: .relaxed)
        return holds
    }

    // MARK: Under the mutex

    private func locked<Result>(_ body: () -> Result) -> Result {
        let code = unsafe brook_shared_mutex_lock(file.word(HoldLayout.mutex))
        precondition(code == 0, "the mutex of the holds cannot be locked (error \(code))")
        defer { unsafe brook_shared_mutex_unlock(file.word(HoldLayout.mutex)) }
        return body()
    }

    /// The key's slot; one that nobody needs becomes it where it has none.
    private func slot(of key: KeyID) -> Int? {
        let first = Int(truncatingIfNeeded: key.rawValue)
        var spare: Int?
        for step in 0..<Self.window {
            let slot = (first &+ step) & (HoldLayout.slots - 1)
            let owner = load(HoldLayout.key(slot))
            if owner == Int(key.rawValue) { return slot }
            if spare == nil, owner == 0 || isFree(slot) { spare = slot }
            // Slots are taken over but never emptied: behind one that was never used the key cannot stand.
            if owner == 0 { break }
        }
        guard let spare else { return nil }
        // The key may have had another slot in which a call has ended just now.
        store(load(HoldLayout.lastGeneration), at: HoldLayout.generation(spare))
        store(0, at: HoldLayout.ringSecond(spare))
        store(Int(key.rawValue), at: HoldLayout.key(spare))
        return spare
    }

    private func isFree(_ slot: Int) -> Bool {
        sum(slot).count == 0 && MinuteRing.isEmpty(slot, of: file, clock: clock)
    }

    private func reserved(_ slot: Int) -> Int {
        var reserved = 0
        for block in 0..<HoldLayout.file.blocks where load(HoldLayout.use(block)) != 0 {
            reserved &+= load(HoldLayout.reserved(slot, block: block))
        }
        return max(0, reserved)
    }

    private func sum(_ slot: Int) -> (held: Int, count: Int) {
        var held = 0
        var count = 0
        for block in 0..<HoldLayout.file.blocks where load(HoldLayout.use(block)) != 0 {
            held &+= load(HoldLayout.amount(slot, block: block))
            count &+= load(HoldLayout.count(slot, block: block))
        }
        return (max(0, held), max(0, count))
    }

    private func load(_ word: Int) -> Int { unsafe file.word(word).pointee.load(ordering: .relaxed) }
    private func store(_ value: Int, at word: Int) { unsafe file.word(word).pointee.store(value, ordering: .relaxed) }
    private func add(_ amount: Int, to word: Int) {
        unsafe file.word(word).pointee.wrappingAdd(amount, ordering: .relaxed)
    }
}

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
/// A release after a settlement adds the call's fee to a sum of its key; any other begins a generation of the key. Who
/// wants to place a hold takes the ``Moment`` of both, then reads what the key has spent, once for many holds. Each is
/// judged with the fees that the sum has gained since that moment: those that were committed but not yet released when
/// the account was read count twice, so a refusal under such a sum means only that the account has to be read again.
final class SharedHolds: Sendable {
    enum Placement {
        case placed(Hold)
        case refused(Purse.Verdict)
        case limited(LimitRefusal)
        /// Calls of the key have ended since the moment, and the answer may depend on what they cost.
        case outdated
    }

    /// Which calls of a key had ended when its account was read, or shortly before.
    struct Moment: Equatable {
        /// For a placement that depends on no account.
        static let any = Moment(generation: .max, charged: 0)

        let generation: Int
        fileprivate let charged: Int
    }

    /// Judges by a key's account: `charged` is what calls have cost it since the moment, `held` and `count` are the sum
    /// and number of its other live holds.
    typealias Judge = (_ charged: Money, _ held: Money, _ count: Int) -> Purse.Verdict

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
        file = try SharedFile(path: Self.path(of: database), layout: HoldLayout.file) { file in
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

    /// Where the files of holds of a database lie, without their layout.
    static func path(of database: String) -> String { database + ".holds" }

    /// Another value after each release of any key. From any thread.
    var generation: Int { unsafe file.word(HoldLayout.lastGeneration).pointee.load(ordering: .acquiring) }

    /// To be taken before the key's account is read.
    func moment(of key: KeyID) -> Moment {
        locked {
            let slot = slot(of: key)
            return Moment(
                generation: load(HoldLayout.lastGeneration), charged: slot.map { load(HoldLayout.charged($0)) } ?? 0)
        }
    }

    /// Which keys, models, groups and rights there are: another value after each change, in every process.
    var catalogGeneration: Int {
        unsafe file.word(HoldLayout.catalogGeneration).pointee.load(ordering: .acquiring)
    }

    /// To be called after a change is committed, and before whoever wanted it is told.
    func catalogChanged() {
        unsafe file.word(HoldLayout.catalogGeneration).pointee.wrappingAdd(1, ordering: .releasing)
    }

    /// Places a hold if `judge` and the key's limits admit it.
    func place(_ request: HoldRequest, since moment: Moment, judge: Judge) -> Placement {
        let placement = attempt(request, since: moment, judge)
        // What stands in the way may belong to a process that has died.
        switch placement {
        case .refused(.held): break
        case .limited(let refusal) where refusal.limit != .requestsPerMinute: break
        default: return placement
        }
        return dropDead() > 0 ? attempt(request, since: moment, judge) : placement
    }

    private func attempt(_ request: HoldRequest, since moment: Moment, _ judge: Judge) -> Placement {
        let amount = min(request.amount ?? .zero, Self.largest)
        return locked {
            guard let slot = slot(of: request.keyID) else { return .refused(.held) }
            guard let charged = charged(slot, since: moment) else { return .outdated }
            let (held, count) = sum(slot)
            let verdict = judge(charged, Money(nanodollars: Int64(held)), count)
            guard verdict == .admitted else { return charged == .zero ? .refused(verdict) : .outdated }
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
            Hold(windows: check.windows(reserving: tokens), amount: kept) { [self] use, fee in
                locked {
                    add(-tokens, to: HoldLayout.reserved(slot, block: file.block))
                    let ring = MinuteRing(slot, of: file, now: MinuteRing.second(clock))
                    ring.add(min(max(0, use.tokens), Self.mostTokens), .tokens)
                    if !use.isRequest { ring.takeBack(requestOf: begin) }
                    release(kept.money, charged: fee, slot: slot)
                }
            })
    }

    /// Under the mutex. One that no limit a minute goes with.
    private func plainHold(_ amount: Money, slot: Int) -> Hold {
        note(amount, slot: slot)
        let kept = Hold.Amount(amount, place: slot)
        return Hold(amount: kept) { [self] _, fee in locked { release(kept.money, charged: fee, slot: slot) } }
    }

    /// Changes what a live hold of this process sets aside; `judge` is asked for more. Answers nil where the account has to
    /// be read again.
    func reprice(_ kept: Hold.Amount, to wanted: Money, since moment: Moment, judge: Judge) -> Purse.Verdict? {
        let amount = min(wanted, Self.largest)
        return locked {
            let (slot, old) = (kept.place, kept.money)
            if amount > old {
                guard let charged = charged(slot, since: moment) else { return nil }
                let (held, count) = sum(slot)
                let others = Money(nanodollars: max(0, Int64(held) - old.nanodollars))
                let verdict = judge(charged, others, max(0, count - 1))
                guard verdict == .admitted else { return charged == .zero ? verdict : nil }
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
    private func release(_ amount: Money, charged fee: Money?, slot: Int) {
        let generation = beginGeneration()
        if let fee {
            add(Int(fee.nanodollars), to: HoldLayout.charged(slot))
        } else {
            store(generation, at: HoldLayout.generation(slot))
        }
        add(-1, to: HoldLayout.count(slot, block: file.block))
        add(-Int(amount.nanodollars), to: HoldLayout.amount(slot, block: file.block))
    }

    /// To be called after a call was charged that has no hold, or no longer: it began before its key had a quota, or its
    /// record has waited for the database.
    func chargedWithoutHold(_ key: KeyID) {
        locked {
            // Without a slot nobody can have taken a moment of the key.
            guard let slot = place(of: key).own else { return }
            store(beginGeneration(), at: HoldLayout.generation(slot))
        }
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

    /// Empties the block of a process that has died; answers how many holds stood in it. Of calls that it had settled but
    /// not released the cost is not in their keys' sums, so what was read of these keys does not serve any more.
    @discardableResult
    private static func clear(_ block: Int, of file: SharedFile) -> Int {
        func word(_ index: Int) -> UnsafeMutablePointer<Atomic<Int>> { unsafe file.word(index) }
        // A block that is not in use is empty; looking would bring its pages into memory.
        guard unsafe word(HoldLayout.use(block)).pointee.load(ordering: .relaxed) != 0 else { return 0 }
        var holds = 0
        // In an order that serves also where this process is killed in the middle.
        let generation = unsafe word(HoldLayout.lastGeneration).pointee.load(ordering: .relaxed) + 1
        unsafe word(HoldLayout.lastGeneration).pointee.store(generation, ordering: .releasing)
        for slot in 0..<HoldLayout.slots {
            let count = unsafe word(HoldLayout.count(slot, block: block)).pointee.load(ordering: .relaxed)
            if count != 0 {
                unsafe word(HoldLayout.generation(slot)).pointee.store(generation, ordering: .releasing)
                unsafe word(HoldLayout.count(slot, block: block)).pointee.store(0, ordering: .releasing)
                holds += count
            }
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

    /// What calls in the slot were charged since the moment; nil where it does not tell, because one has ended that nobody
    /// knows the cost of, or because the slot was another key's.
    private func charged(_ slot: Int, since moment: Moment) -> Money? {
        guard load(HoldLayout.generation(slot)) <= moment.generation else { return nil }
        guard moment != .any else { return .zero }
        let charged = load(HoldLayout.charged(slot)) &- moment.charged
        // Less than nothing is a sum that has wrapped.
        return charged >= 0 ? Money(nanodollars: Int64(charged)) : nil
    }

    private func beginGeneration() -> Int {
        let generation = load(HoldLayout.lastGeneration) + 1
        unsafe file.word(HoldLayout.lastGeneration).pointee.store(generation, ordering: .releasing)
        return generation
    }

    /// The key's slot; one that nobody needs becomes it where it has none.
    private func slot(of key: KeyID) -> Int? {
        let (own, spare) = place(of: key)
        if let own { return own }
        guard let spare else { return nil }
        // Of no moment of the key before this one does the slot tell what its calls were charged.
        store(beginGeneration(), at: HoldLayout.generation(spare))
        store(0, at: HoldLayout.ringSecond(spare))
        store(Int(key.rawValue), at: HoldLayout.key(spare))
        return spare
    }

    /// The slot that the key has, or else one that it may have.
    private func place(of key: KeyID) -> (own: Int?, spare: Int?) {
        let first = Int(truncatingIfNeeded: key.rawValue)
        var spare: Int?
        for step in 0..<Self.window {
            let slot = (first &+ step) & (HoldLayout.slots - 1)
            let owner = load(HoldLayout.key(slot))
            if owner == Int(key.rawValue) { return (slot, nil) }
            if spare == nil, owner == 0 || isFree(slot) { spare = slot }
            // Slots are taken over but never emptied: behind one that was never used the key cannot stand.
            if owner == 0 { break }
        }
        return (nil, spare)
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

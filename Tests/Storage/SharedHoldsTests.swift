import Core
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("Holds that processes share", .timeLimit(.minutes(1)))
struct SharedHoldsTests {
    private let folder = TemporaryDirectory()
    private let key = KeyID(rawValue: 7)

    private func open() throws -> SharedHolds { try SharedHolds(database: folder.file("brook.db")) }

    private func place(
        _ amount: String, in holds: SharedHolds, for key: KeyID? = nil, since moment: SharedHolds.Moment? = nil
    ) throws -> SharedHolds.Placement {
        let key = key ?? self.key
        return holds.place(wish(amount, for: key), since: moment ?? holds.moment(of: key)) { _, _, _ in .admitted }
    }

    private func wish(_ amount: String, for key: KeyID) -> HoldRequest {
        HoldRequest(keyID: key, amount: dollars(amount), month: BillingMonth(year: 2026, month: 11))
    }

    @Test("count in every process, each until it is given back")
    func counted() throws {
        let one = try open()
        let two = try open()
        let first = try #require(try place("1.5", in: one).hold)
        let second = try #require(try place("2", in: two).hold)
        for holds in [one, two] { #expect(holds.live(of: key) == (dollars("3.5"), 2)) }
        first.release()
        first.release()
        for holds in [one, two] { #expect(holds.live(of: key) == (dollars("2"), 1)) }
        second.release()
        for holds in [one, two] { #expect(holds.live(of: key) == (.zero, 0)) }
        #expect(one.live(of: KeyID(rawValue: 8)) == (.zero, 0))
    }

    @Test("are given back when nobody keeps them")
    func forgotten() throws {
        let holds = try open()
        _ = try place("1", in: holds)
        #expect(holds.live(of: key) == (.zero, 0))
    }

    @Test("are judged beside those of all processes")
    func judged() throws {
        let one = try open()
        let two = try open()
        let kept = try place("2", in: one)
        let refused = two.place(wish("1", for: key), since: two.moment(of: key)) { _, held, count in
            #expect(held == dollars("2"))
            #expect(count == 1)
            return .held
        }
        guard case .refused(.held) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(two.live(of: key).count == 1)
        #expect(kept.hold != nil)
    }

    @Test("are placed only since a moment after which no call of the key has ended without saying what it cost")
    func generations() throws {
        let one = try open()
        let two = try open()
        let hold = try #require(try place("1", in: one).hold)
        let moment = two.moment(of: key)
        // Another key's call changes nothing.
        try #require(try place("1", in: one, for: KeyID(rawValue: 8)).hold).release()
        #expect(try place("1", in: two, since: moment).hold != nil)
        hold.release()
        #expect(try place("1", in: two, since: moment).isOutdated)
    }

    @Test(
        "are judged with what calls of the key were charged since, in whichever process; a refusal then proves nothing")
    func charged() throws {
        let one = try open()
        let two = try open()
        let holds = try ["1", "2", "3"].map { try #require(try place($0, in: one).hold) }
        let moment = two.moment(of: key)
        try #require(try place("1", in: one, for: KeyID(rawValue: 8)).hold).release(charged: dollars("50"))
        // A hold that is dropped would end as a call does of which nobody knows the cost.
        var kept: [Hold] = []
        func spent() -> Money? {
            var seen: Money?
            let placement = two.place(wish("1", for: key), since: moment) { charged, _, _ in
                seen = charged
                return .admitted
            }
            guard let hold = placement.hold else { return nil }
            kept.append(hold)
            return seen
        }
        #expect(spent() == .zero)
        holds[0].release(charged: dollars("0.25"))
        #expect(spent() == dollars("0.25"))
        holds[1].release(charged: dollars("4"))
        #expect(spent() == dollars("4.25"))
        #expect(two.place(wish("1", for: key), since: moment) { _, _, _ in .exhausted }.isOutdated)
        guard
            case .refused(.exhausted) = two.place(
                wish("1", for: key), since: two.moment(of: key), judge: { _, _, _ in .exhausted })
        else {
            Issue.record("a refusal that nothing can change has to stand")
            return
        }
        holds[2].release()
        #expect(spent() == nil)
    }

    @Test("are not judged by what another key was charged that had the slot meanwhile")
    func slotOfAnother() throws {
        let holds = try open()
        try #require(try place("1", in: holds).hold).release(charged: dollars("1"))
        let moment = holds.moment(of: key)
        // A key whose search begins at the same slot takes it over, as nobody needs it.
        let other = KeyID(rawValue: key.rawValue + Int64(HoldLayout.slots))
        try #require(try place("1", in: holds, for: other).hold).release(charged: dollars("7"))
        #expect(try place("1", in: holds, since: moment).isOutdated)
        #expect(try place("1", in: holds).hold != nil)
    }

    @Test("of a process that has died stand in the way until somebody looks, and no longer")
    func deadProcess() throws {
        let holds = try open()
        _ = try place("1", in: holds)
        leaveHold(of: dollars("9"))
        #expect(holds.live(of: key) == (dollars("9"), 1))
        func placeAlone() -> SharedHolds.Placement {
            holds.place(wish("1", for: key), since: holds.moment(of: key)) { _, held, _ in
                held == .zero ? .admitted : .held
            }
        }
        // The process may have settled the call: what was read before its hold went may lack the fee.
        #expect(placeAlone().isOutdated)
        let placement = placeAlone()
        #expect(placement.hold != nil)

        leaveHold(of: dollars("9"))
        let moment = holds.moment(of: key)
        let beside = try place("2", in: holds, since: moment)
        #expect(beside.hold != nil)
        #expect(holds.dropDead() == 1)
        #expect(holds.dropDead() == 0)
        #expect(try place("1", in: holds, since: moment).isOutdated)
        withExtendedLifetime((placement, beside)) { #expect(holds.live(of: key) == (dollars("3"), 2)) }
    }

    @Test("of processes that all have ended are void for the next")
    func restart() throws {
        _ = try place("1", in: open())
        leaveHold(of: dollars("9"))
        #expect(try open().live(of: key) == (.zero, 0))
    }

    /// What a process leaves that is killed while a call runs.
    private func leaveHold(of amount: Money) {
        let path = SharedHolds.path(of: folder.file("brook.db"))
        guard let file = try? SharedFile(path: path, layout: HoldLayout.file) else {
            Issue.record("no file")
            return
        }
        let slot = Int(key.rawValue)
        func set(_ word: Int, _ value: Int) { unsafe file.word(word).pointee.store(value, ordering: .relaxed) }
        set(HoldLayout.use(file.block), 1)
        set(HoldLayout.count(slot, block: file.block), 1)
        set(HoldLayout.amount(slot, block: file.block), Int(amount.nanodollars))
    }

    @Test("of more keys than there are slots near by: the key has to wait, and is admitted later")
    func crowded() throws {
        let holds = try open()
        // All of these would like the same slot.
        func crowding(_ index: Int) -> KeyID { KeyID(rawValue: Int64(1 + index * HoldLayout.slots)) }
        var kept: [Hold] = []
        for index in 0..<256 { kept.append(try #require(try place("1", in: holds, for: crowding(index)).hold)) }
        guard case .refused(.held) = try place("1", in: holds, for: crowding(256)) else {
            Issue.record("placed where there was no slot")
            return
        }
        kept[100].release()
        #expect(try place("1", in: holds, for: crowding(256)).hold != nil)
        #expect(holds.live(of: crowding(99)).count == 1)
        #expect(holds.live(of: crowding(100)).count == 0)
    }
}

extension SharedHolds.Placement {
    fileprivate var hold: Hold? { if case .placed(let hold) = self { hold } else { nil } }
    fileprivate var isOutdated: Bool { if case .outdated = self { true } else { false } }
}

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
        _ amount: String, in holds: SharedHolds, for key: KeyID? = nil, generation: Int? = nil
    ) throws -> SharedHolds.Placement {
        let key = key ?? self.key
        let generation = generation ?? holds.generation
        return holds.place(wish(amount, for: key), under: generation) { _, _ in .admitted }
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
        let generation = two.generation
        let refused = two.place(wish("1", for: key), under: generation) { held, count in
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

    @Test("are placed only under the generation that no call of the key has left behind")
    func generations() throws {
        let one = try open()
        let two = try open()
        let hold = try #require(try place("1", in: one).hold)
        let generation = two.generation
        // Another key's call changes nothing.
        try #require(try place("1", in: one, for: KeyID(rawValue: 8)).hold).release()
        #expect(try place("1", in: two, generation: generation).hold != nil)
        hold.release()
        guard case .outdated = try place("1", in: two, generation: generation) else {
            Issue.record("placed under a generation in which a call has ended")
            return
        }
    }

    @Test("of a process that has died stand in the way until somebody looks, and no longer")
    func deadProcess() throws {
        let holds = try open()
        _ = try place("1", in: holds)
        leaveHold(of: dollars("9"))
        #expect(holds.live(of: key) == (dollars("9"), 1))
        let generation = holds.generation
        let placement = holds.place(wish("1", for: key), under: generation) { held, _ in
            held == .zero ? .admitted : .held
        }
        #expect(placement.hold != nil)

        leaveHold(of: dollars("9"))
        #expect(holds.dropDead() == 1)
        #expect(holds.dropDead() == 0)
        #expect(holds.live(of: key) == (dollars("1"), 1))
    }

    @Test("of processes that all have ended are void for the next")
    func restart() throws {
        _ = try place("1", in: open())
        leaveHold(of: dollars("9"))
        #expect(try open().live(of: key) == (.zero, 0))
    }

    /// What a process leaves that is killed while a call runs.
    private func leaveHold(of amount: Money) {
        guard let file = try? SharedFile(path: folder.file("brook.db.holds"), layout: HoldLayout.file) else {
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
}

internal import Core

/// Where each count lies in the file of ``SharedHolds``, in words of 8 bytes.
///
/// The common part: the stamp, the mutex, two generations, for each block whether holds may stand in it, a slot for each
/// key that is calling (the key, its generation, the second that its ring was last advanced to, and what calls were
/// charged), then the rings: for each slot the requests and the tokens of each of the last seconds. A process's block:
/// for each slot the sum, the number and the reserved tokens of the holds that the process has on it.
enum HoldLayout {
    /// Keys with live holds, or a request in the last minute that counts, at one time. A power of two.
    static let slots = 8192
    /// A request is counted for the rest of its second and 60 seconds more: in no 60 s are there more than the limit.
    static let ringSeconds = 61
    /// Two generations of workers live at once during an upgrade.
    private static let blocks = 128

    static let mutex = 8
    static let lastGeneration = 16
    /// Grows with each change of keys, models, groups or rights.
    static let catalogGeneration = 24
    private static let uses = 32
    private static let slotsStart = uses + blocks
    private static let slotWords = 4
    private static let ringsStart = slotsStart + slots * slotWords
    private static let ringWords = 2 * ringSeconds
    private static let holdWords = 3

    static let file = SharedFile.Layout(
        // The name of the layout; another takes another.
        stamp: 0x6272_6f6f_6b68_0003, commonWords: ringsStart + slots * ringWords, blocks: blocks,
        blockWords: slots * holdWords)

    static func use(_ block: Int) -> Int { uses + block }
    static func key(_ slot: Int) -> Int { slotsStart + slot * slotWords }
    static func generation(_ slot: Int) -> Int { key(slot) + 1 }
    /// 0: the ring is not in use, and what stands in it means nothing.
    static func ringSecond(_ slot: Int) -> Int { key(slot) + 2 }
    /// All fees of calls that were settled in the slot, in nano-dollars; only differences mean something.
    static func charged(_ slot: Int) -> Int { key(slot) + 3 }
    static func requests(_ slot: Int, second: Int) -> Int {
        ringsStart + slot * ringWords + second % ringSeconds * 2
    }
    static func tokens(_ slot: Int, second: Int) -> Int { requests(slot, second: second) + 1 }
    static func amount(_ slot: Int, block: Int) -> Int { file.start(ofBlock: block) + slot * holdWords }
    static func count(_ slot: Int, block: Int) -> Int { amount(slot, block: block) + 1 }
    static func reserved(_ slot: Int, block: Int) -> Int { amount(slot, block: block) + 2 }
}

internal import Core

/// Where each count lies in the file of ``SharedHolds``, in words of 8 bytes.
///
/// The common part: the stamp, the mutex, two generations, for each block whether holds may stand in it, then a slot
/// for each key that has live holds: the key and its generation. A process's block: for each slot the sum and the number of the holds that the process has on it.
enum HoldLayout {
    /// Keys with live holds at one time. A power of two.
    static let slots = 8192
    /// Two generations of workers live at once during an upgrade.
    private static let blocks = 128

    static let mutex = 8
    static let lastGeneration = 16
    /// Grows with each change of keys, models, groups or rights.
    static let catalogGeneration = 24
    private static let uses = 32
    private static let slotsStart = uses + blocks
    private static let slotWords = 2

    static let file = SharedFile.Layout(
        // The name of the layout; another takes another.
        stamp: 0x6272_6f6f_6b68_0001, commonWords: slotsStart + slots * slotWords, blocks: blocks,
        blockWords: slots * slotWords)

    static func use(_ block: Int) -> Int { uses + block }
    static func key(_ slot: Int) -> Int { slotsStart + slot * slotWords }
    static func generation(_ slot: Int) -> Int { key(slot) + 1 }
    static func amount(_ slot: Int, block: Int) -> Int { file.start(ofBlock: block) + slot * slotWords }
    static func count(_ slot: Int, block: Int) -> Int { amount(slot, block: block) + 1 }
}

/// Passes over the plain part of a string's text eight bytes at a time, which is most of what is read and written.
enum JSONText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The end of the longest run of whole words from `start` in which no byte is a quote, a backslash or below U+0020,
    /// nor, with `leads`, 0xC2 or 0xE2, with which U+0085, U+2028 and U+2029 begin. What follows has to be looked at byte
    /// by byte.
    @inline(__always)
    static func plainEnd(of bytes: RawSpan, from start: Int, to end: Int, leads: Bool) -> Int {
        precondition(start >= 0 && end <= bytes.byteCount)
        var position = start
        while end - position >= 8 {
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
            // A borrow can mark the byte above one that is marked itself, never one where none is.
            var marks = (word &- 0x20 &* ones) & ~word
            marks |= zeroBytes(word ^ (UInt64(UInt8(ascii: "\"")) &* ones))
            marks |= zeroBytes(word ^ (UInt64(UInt8(ascii: "\\")) &* ones))
            if leads { marks |= zeroBytes(word ^ (0xc2 &* ones)) | zeroBytes(word ^ (0xe2 &* ones)) }
            if marks & highBits != 0 { return position }
            position += 8
        }
        return position
    }

    /// Sets the high bit of bytes that are zero, and perhaps of some above such a one.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
}

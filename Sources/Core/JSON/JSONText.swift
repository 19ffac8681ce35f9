/// Passes over the plain part of a string's text eight bytes at a time, which is most of what is read and written.
package enum JSONText {
    @usableFromInline static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @usableFromInline static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// The end of the longest run of whole words from `start` in which no byte is a quote, a backslash or below U+0020,
    /// nor, with `leads`, 0xC2 or 0xE2, with which U+0085, U+2028 and U+2029 begin. What follows has to be looked at byte
    /// by byte.
    @inlinable
    package static func plainEnd(of bytes: RawSpan, from start: Int, to end: Int, leads: Bool) -> Int {
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

    /// Whether nothing in all of the text has to be looked at byte by byte.
    static func isPlain(_ bytes: RawSpan, leads: Bool) -> Bool {
        let count = bytes.byteCount
        guard count >= 8 else { return bytes.isPlainByByte(leads: leads) }
        guard count - plainEnd(of: bytes, from: 0, to: count, leads: leads) < 8 else { return false }
        // The last word, which may overlap what was seen.
        return plainEnd(of: bytes, from: count - 8, to: count, leads: leads) == count
    }

    /// Sets the high bit of bytes that are zero, and perhaps of some above such a one.
    @inlinable
    static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
}

extension RawSpan {
    fileprivate func isPlainByByte(leads: Bool) -> Bool {
        for index in byteOffsets {
            let byte = unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
            if leads && (byte == 0xc2 || byte == 0xe2) { return false }
        }
        return true
    }
}

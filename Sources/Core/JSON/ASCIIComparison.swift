internal import Glibc

extension [UInt8] {
    /// Whether the bytes of `range` are `text`. Takes a literal, whose bytes need no String to be reached: names of members
    /// and events are compared for each chunk of a stream.
    package func spells(_ text: StaticString, at range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "the range lies outside the bytes")
        guard range.count == text.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            return unsafe memcmp(base + range.lowerBound, text.utf8Start, range.count) == 0
        }
    }
}

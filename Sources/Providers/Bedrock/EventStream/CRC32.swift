/// CRC-32 as IEEE 802.3 defines it (reflected polynomial 0xEDB88320), which closes an event-stream prelude and message.
///
/// Eight table look-ups a step ("slicing by 8") instead of one a byte: each streamed chunk passes through here.
enum CRC32 {
    /// 8 tables of 256; entry `k * 256 + b` is the register after byte `b` and `k` zero bytes.
    private static let table: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 2048)
        for index in 0..<256 {
            var register = UInt32(index)
            for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xedb8_8320 : register >> 1 }
            table[index] = register
        }
        for index in 256..<2048 {
            let before = table[index - 256]
            table[index] = before >> 8 ^ table[Int(before & 0xff)]
        }
        return table
    }()

    static func checksum(_ bytes: [UInt8]) -> UInt32 { checksum(bytes, bytes.indices) }

    /// The checksum of a part of `bytes`.
    static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        update(0, bytes, range)
    }

    /// Continues from the checksum of the bytes before.
    static func update(_ checksum: UInt32, _ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        let table = table.span
        let bytes = unsafe bytes.span.bytes
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount, "the range lies outside the bytes")
        var register = ~checksum
        var position = range.lowerBound
        while range.upperBound - position >= 8 {
            let low = register ^ word(bytes, position)
            let high = word(bytes, position + 4)
            let first = table[1792 + Int(low & 0xff)] ^ table[1536 + Int(low >> 8 & 0xff)]
            let second = table[1280 + Int(low >> 16 & 0xff)] ^ table[1024 + Int(low >> 24)]
            let third = table[768 + Int(high & 0xff)] ^ table[512 + Int(high >> 8 & 0xff)]
            let fourth = table[256 + Int(high >> 16 & 0xff)] ^ table[Int(high >> 24)]
            register = first ^ second ^ third ^ fourth
            position += 8
        }
        while position < range.upperBound {
            register = register >> 8 ^ table[Int((register ^ UInt32(byte(bytes, position))) & 0xff)]
            position += 1
        }
        return ~register
    }

    // Within the range that was checked before.

    private static func word(_ bytes: borrowing RawSpan, _ at: Int) -> UInt32 {
        UInt32(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self))
    }

    private static func byte(_ bytes: borrowing RawSpan, _ at: Int) -> UInt8 {
        unsafe bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
    }
}

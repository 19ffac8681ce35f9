/// Base64 (RFC 4648) of vectors.
enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The numbers as 32-bit IEEE 754, little-endian, as OpenAI's clients read them.
    static func append(_ vector: [Float], to bytes: inout [UInt8]) {
        var raw: [UInt8] = []
        raw.reserveCapacity(vector.count * 4)
        for number in vector {
            let bits = number.bitPattern
            for shift in stride(from: UInt32(0), to: 32, by: 8) { raw.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        }
        append(raw, to: &bytes)
    }

    /// With padding.
    static func append(_ raw: [UInt8], to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + (raw.count + 2) / 3 * 4)
        var index = 0
        while index < raw.count {
            let left = raw.count - index
            let word =
                UInt32(raw[index]) << 16 | (left > 1 ? UInt32(raw[index + 1]) << 8 : 0)
                | (left > 2 ? UInt32(raw[index + 2]) : 0)
            bytes.append(alphabet[Int(word >> 18)])
            bytes.append(alphabet[Int(word >> 12 & 63)])
            bytes.append(left > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "="))
            bytes.append(left > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "="))
            index += 3
        }
    }
}

extension Base64Text {
    /// Nil when the text is not base64 with its padding.
    static func decode(_ text: String) -> [UInt8]? {
        let utf8 = Array(text.utf8)
        guard utf8.count % 4 == 0 else { return nil }
        let padding = utf8.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count / 4 * 3)
        var word: UInt32 = 0
        for (index, byte) in utf8.enumerated() {
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "=") where index >= utf8.count - padding: value = 0
            default: return nil
            }
            word = word << 6 | value
            guard index % 4 == 3 else { continue }
            for shift in [UInt32(16), 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
            word = 0
        }
        bytes.removeLast(padding)
        return bytes
    }
}

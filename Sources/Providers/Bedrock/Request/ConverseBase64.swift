/// Base64 text (RFC 4648 section 4) that is checked and measured without being decoded: Bedrock's JSON carries it as it is.
struct ConverseBase64: Sendable {
    /// With padding.
    let text: String
    /// Bytes that the text stands for.
    let byteCount: Int
    /// The first bytes, at most 24, for a look at a file's signature.
    let start: [UInt8]

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xff, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// Nil when the text is empty or no base64. Missing padding is added.
    init?(_ text: String) {
        let total = text.utf8.count
        var digits = total
        for byte in text.utf8.suffix(2).reversed() where byte == UInt8(ascii: "=") { digits -= 1 }
        guard digits > 0, digits % 4 != 1, digits == total || total % 4 == 0, Self.areDigits(text, digits) else {
            return nil
        }
        self.text = digits == total ? text + String(repeating: "=", count: (4 - digits % 4) % 4) : text
        byteCount = digits * 3 / 4
        start = Self.decodedStart(text, digits)
    }

    private static func areDigits(_ text: String, _ count: Int) -> Bool {
        let values = values.span
        var remaining = count
        for byte in text.utf8 {
            if remaining == 0 { return true }
            if values[Int(byte)] == 0xff { return false }
            remaining -= 1
        }
        return true
    }

    private static func decodedStart(_ text: String, _ digits: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var register: UInt32 = 0
        var bits = 0
        for byte in text.utf8.prefix(min(digits, 32)) {
            register = register << 6 | UInt32(values[Int(byte)])
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: register >> UInt32(bits)))
            }
        }
        return bytes
    }
}

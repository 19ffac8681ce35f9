/// Masks what looks like a key in text that is about to be logged. Nothing should log one; this is the second lock.
enum KeyMask {
    /// What stands before the secret part: Brook's keys, AWS's access key ids, OpenAI's and Anthropic's keys, and bearer
    /// tokens of any kind.
    private static let marks = ["br-", "br_", "AKIA", "ASIA", "sk-", "Bearer "].map { Array($0.utf8) }
    /// Shorter runs are words.
    private static let leastSecret = 12

    /// Replaces the secret part of each key by `***`.
    static func masking(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var copied = 0
        var position = 0
        while position < bytes.count {
            guard let mark = mark(in: bytes, at: position) else {
                position += 1
                continue
            }
            let start = position + mark.count
            let end = bytes[start...].firstIndex { !isSecretByte($0) } ?? bytes.count
            if end - start >= leastSecret {
                result += bytes[copied..<start]
                result += Array("***".utf8)
                copied = end
            }
            position = max(end, position + 1)
        }
        guard copied > 0 else { return text }
        result += bytes[copied...]
        return String(decoding: result, as: UTF8.self)
    }

    /// The mark that begins at `position`, where that is the beginning of a word.
    private static func mark(in bytes: [UInt8], at position: Int) -> [UInt8]? {
        if position > 0, isWordByte(bytes[position - 1]) { return nil }
        return marks.first { bytes[position...].starts(with: $0) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// Base64, base62 and their URL-safe forms.
    private static func isSecretByte(_ byte: UInt8) -> Bool {
        isWordByte(byte) || "-_.+/=".utf8.contains(byte)
    }
}

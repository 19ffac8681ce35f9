internal import Core
internal import Crypto

/// Size and SHA-256 of the bytes behind a base64 text, without holding them whole.
struct Base64Digest {
    let byteCount: Int
    /// 64 hexadecimal digits, lower case.
    let sha256: String

    /// Characters outside the alphabet, such as line breaks and padding, are skipped; the URL-safe alphabet is read too.
    init(_ text: String) {
        var hash = SHA256()
        var block: [UInt8] = []
        block.reserveCapacity(Self.blockSize + 3)
        var bits: UInt32 = 0
        var bitCount = 0
        var count = 0
        for byte in text.utf8 {
            guard let value = Self.value(of: byte) else { continue }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            block.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            if block.count >= Self.blockSize {
                hash.update(data: block)
                count += block.count
                block.removeAll(keepingCapacity: true)
            }
        }
        hash.update(data: block)
        byteCount = count + block.count
        sha256 = Hexadecimal.text(hash.finalize())
    }

    private static let blockSize = 16 * 1024

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

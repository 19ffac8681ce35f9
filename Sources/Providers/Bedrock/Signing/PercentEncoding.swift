/// Percent-encoding as AWS defines it: everything but RFC 3986's unreserved characters, with upper-case hex digits.
enum PercentEncoding {
    /// Encodes text for one segment of a path, or for a query's name or value. `/` and `:` are encoded too.
    static func encode(_ text: String) -> String { encode(text, keepingSlash: false) }

    /// Encodes a path that may be encoded already, once more: `%3A` becomes `%253A`. Slashes stay.
    static func encodePath(_ path: String) -> String { encode(path, keepingSlash: true) }

    private static func encode(_ text: String, keepingSlash: Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if isUnreserved(byte) || (keepingSlash && byte == UInt8(ascii: "/")) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

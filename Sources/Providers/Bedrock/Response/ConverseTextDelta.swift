internal import Core

/// Reads the one event that makes up nearly all of a stream without building a JSON tree:
/// `{"contentBlockIndex":0,"delta":{"text":"…"},"p":"…"}`, members in any order, white space allowed.
///
/// `p` is padding of random length against traffic analysis. Anything else (another kind of delta, a `\u` escape, an
/// unknown member that is no plain string) answers nil, and the caller parses in full.
struct ConverseTextDelta {
    private let bytes: [UInt8]
    private let end: Int
    private var position: Int
    /// The delta's text holds escapes.
    private var hasEscapes = false

    private init(bytes: [UInt8], end: Int, position: Int) {
        self.bytes = bytes
        self.end = end
        self.position = position
    }

    /// The text of the delta that stands in `range`; nil when it must be parsed in full.
    static func text(_ bytes: [UInt8], in range: Range<Int>) -> String? {
        var reader = ConverseTextDelta(bytes: bytes, end: range.upperBound, position: range.lowerBound)
        guard let found = reader.readEvent() else { return nil }
        return reader.hasEscapes ? reader.unescaped(found) : text(bytes, found)
    }

    /// Nil for invalid UTF-8. Not `String(validating:as:)`, which is generic over the encoding and spends more on metadata
    /// than on the text.
    private static func text(_ bytes: [UInt8], _ range: Range<Int>) -> String? {
        guard let text = try? UTF8Span(validating: bytes.span.extracting(range)) else { return nil }
        return String(copying: text)
    }

    /// Where the text stands.
    private mutating func readEvent() -> Range<Int>? {
        var text: Range<Int>?
        guard take("{") else { return nil }
        repeat {
            guard let name = string(), take(":") else { return nil }
            if bytes.spells("delta", at: name) {
                guard text == nil, let found = readDelta() else { return nil }
                text = found
            } else if bytes.spells("contentBlockIndex", at: name) {
                guard skipDigits() else { return nil }
            } else {
                guard string() != nil else { return nil }
            }
        } while take(",")
        guard take("}") else { return nil }
        skipSpace()
        return position == end ? text : nil
    }

    private mutating func readDelta() -> Range<Int>? {
        guard take("{"), let name = string(), bytes.spells("text", at: name), take(":"), let text = textString(),
            take("}")
        else {
            return nil
        }
        return text
    }

    /// A string without escapes, past its closing quote.
    private mutating func string() -> Range<Int>? {
        guard take("\"") else { return nil }
        let start = position
        var index = plainEnd(from: start)
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return start..<index
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { return nil }
            index += 1
        }
        return nil
    }

    /// The delta's own string, which may hold escapes; nothing is decoded yet.
    private mutating func textString() -> Range<Int>? {
        guard take("\"") else { return nil }
        let start = position
        var index = plainEnd(from: start)
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                position = index + 1
                return start..<index
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index += 2
            case 0..<0x20: return nil
            default: index += 1
            }
        }
        return nil
    }

    private func plainEnd(from start: Int) -> Int {
        JSONText.plainEnd(of: unsafe bytes.span.bytes, from: start, to: end, leads: false)
    }

    /// Resolves the two-character escapes; nil for any other.
    private func unescaped(_ range: Range<Int>) -> String? {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "r"): text.append(0x0d)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[index + 1])
            default: return nil
            }
            index += 2
        }
        return Self.text(text, text.indices)
    }

    /// A number of one to nine digits without a leading zero.
    private mutating func skipDigits() -> Bool {
        skipSpace()
        let start = position
        while position < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
        let count = position - start
        return count == 1 || ((2...9).contains(count) && bytes[start] != UInt8(ascii: "0"))
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < end, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }
}

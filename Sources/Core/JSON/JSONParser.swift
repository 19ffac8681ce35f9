/// Reads one JSON document (RFC 8259) from UTF-8 bytes, in linear time.
///
/// Bounded: nesting to ``maximumDepth``. Strict: no comments, trailing commas or unquoted names; invalid UTF-8 is an
/// error. Of repeated member names the last counts. An escaped surrogate without its partner becomes U+FFFD, since
/// clients that cut a string between the halves of an emoji send such.
package struct JSONParser {
    package static let maximumDepth = 128

    /// Objects with more members than this are checked for repeated names through a dictionary.
    private static let linearMembers = 12

    /// Room that an object gets with its first member: most have up to so many.
    private static let usualMembers = 4

    private let bytes: [UInt8]
    /// Where the document begins; offsets in errors count from here.
    private let origin: Int
    private let end: Int
    private var position: Int

    /// Parses `bytes`, or the part of them that `range` names; offsets in errors count from its start.
    package static func parse(_ bytes: [UInt8], in range: Range<Int>? = nil) throws(JSONError) -> JSONValue {
        let range = range ?? bytes.indices
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range lies outside the bytes")
        var parser = JSONParser(
            bytes: bytes, origin: range.lowerBound, end: range.upperBound, position: range.lowerBound)
        return try parser.document()
    }

    package static func parse(_ text: String) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8))
    }

    private mutating func document() throws(JSONError) -> JSONValue {
        // A byte order mark is not part of JSON, but RFC 8259 section 8.1 lets a reader ignore one.
        if end - position >= 3, bytes[position] == 0xef, bytes[position + 1] == 0xbb, bytes[position + 2] == 0xbf {
            position += 3
        }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard position == end else { throw fail("unexpected text after the document") }
        return value
    }

    private func fail(_ reason: String) -> JSONError { fail(reason, at: position) }

    private func fail(_ reason: String, at position: Int) -> JSONError { JSONError(reason, at: position - origin) }

    private var current: UInt8? { position < end ? bytes[position] : nil }

    private mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard let byte = current else { throw fail("the document ends where a value should stand") }
        switch byte {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw fail("unexpected character where a value should stand")
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let length = word.utf8CodeUnitCount
        guard end - position >= length else { throw fail("unknown word") }
        for index in 0..<length where unsafe bytes[position + index] != word.utf8Start[index] {
            throw fail("unknown word")
        }
        position += length
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= Self.maximumDepth else { throw fail("nested deeper than \(Self.maximumDepth) levels") }
        position += 1
        var members: [JSONObject.Member] = []
        var places: [MemberName: Int] = [:]
        skipSpace()
        if current == UInt8(ascii: "}") {
            position += 1
            return JSONObject(unique: members)
        }
        members.reserveCapacity(Self.usualMembers)
        while true {
            guard current == UInt8(ascii: "\"") else { throw fail("a member's name must be a string") }
            let name = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw fail("expected ':' after a member's name") }
            position += 1
            skipSpace()
            add(JSONObject.Member(name, try value(depth: depth)), to: &members, places: &places)
            skipSpace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            case UInt8(ascii: "}"):
                position += 1
                return JSONObject(unique: members)
            default: throw fail("expected ',' or '}' in an object")
            }
        }
    }

    private func add(
        _ member: JSONObject.Member, to members: inout [JSONObject.Member], places: inout [MemberName: Int]
    ) {
        var place: Int?
        if members.count <= Self.linearMembers {
            // Over a span, because an array's iterator and subscript copy each member that is passed.
            let span = members.span
            for index in span.indices where span[index].hasName(of: member) { place = index }
        } else {
            if places.isEmpty {
                for (index, member) in members.enumerated() { places[MemberName(text: member.name)] = index }
            }
            place = places[MemberName(text: member.name)]
        }
        if let place {
            members[place] = member
        } else {
            if !places.isEmpty { places[MemberName(text: member.name)] = members.count }
            members.append(member)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= Self.maximumDepth else { throw fail("nested deeper than \(Self.maximumDepth) levels") }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            position += 1
            return elements
        }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            case UInt8(ascii: "]"):
                position += 1
                return elements
            default: throw fail("expected ',' or ']' in an array")
            }
        }
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return JSONNumber(unchecked: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw fail("expected a digit") }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        position = JSONText.plainEnd(of: unsafe bytes.span.bytes, from: position, to: end, leads: false)
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = try text(start, position)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw fail("a control character stands unescaped in a string") }
            position += 1
        }
        throw fail("a string has no end")
    }

    private func text(_ start: Int, _ end: Int) throws(JSONError) -> String {
        guard start < end else { return "" }
        // Not String(validating:as:), which is generic over the encoding and spends more on metadata than on the text.
        guard let text = try? UTF8Span(validating: bytes.span.extracting(start..<end)) else {
            throw fail("invalid UTF-8 in a string", at: start)
        }
        return String(copying: text)
    }

    /// The slow path: a string with at least one escape, `position` standing on the first.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var buffer = [UInt8](bytes[start..<position])
        while position < end {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = try? UTF8Span(validating: buffer.span) else {
                    throw fail("invalid UTF-8 in a string", at: start)
                }
                position += 1
                return String(copying: text)
            case UInt8(ascii: "\\"): try escape(into: &buffer)
            case 0..<0x20: throw fail("a control character stands unescaped in a string")
            default:
                let runStart = position
                position = JSONText.plainEnd(of: unsafe bytes.span.bytes, from: position, to: end, leads: false)
                while position < end, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""),
                    bytes[position] != UInt8(ascii: "\\")
                { position += 1 }
                buffer.append(contentsOf: bytes[runStart..<position])
            }
        }
        throw fail("a string has no end")
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
        position += 1
        guard let byte = current else { throw fail("a string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "n"): buffer.append(0x0a)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "r"): buffer.append(0x0d)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0c)
        case UInt8(ascii: "u"): buffer.append(utf8Of: try unicodeEscape())
        default:
            position -= 1
            throw fail("unknown escape in a string")
        }
    }

    /// After `\u`: one scalar from four hex digits, or from two such escapes that form a surrogate pair.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{fffd}"
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xdc00, end - position >= 6, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return replacement }
        let beforeSecond = position
        position += 2
        let second = try hexadecimal()
        guard (0xdc00...0xdfff).contains(second) else {
            position = beforeSecond
            return replacement
        }
        return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)) ?? replacement
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        guard end - position >= 4 else { throw fail("a unicode escape needs four hexadecimal digits") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw fail("a unicode escape needs four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

/// A member's name, the same as another when its code units are.
private struct MemberName: Hashable {
    let text: String

    static func == (a: MemberName, b: MemberName) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xff as UInt8)
    }
}

extension [UInt8] {
    fileprivate mutating func append(utf8Of scalar: Unicode.Scalar) {
        if let encoded = UTF8.encode(scalar) { append(contentsOf: encoded) }
    }
}

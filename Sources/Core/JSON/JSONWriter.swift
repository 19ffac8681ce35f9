extension JSONValue {
    /// Compact UTF-8 JSON, members in their order, numbers digit for digit.
    package func serialized() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes.appendJSON(self)
        return bytes
    }

    /// ``serialized()`` as a string.
    package var text: String { String(decoding: serialized(), as: UTF8.self) }
}

extension [UInt8] {
    /// Appends a value as compact JSON.
    package mutating func appendJSON(_ value: JSONValue) {
        switch value {
        case .null: append(ascii: "null")
        case .bool(let value): append(ascii: value ? "true" : "false")
        case .number(let number): append(contentsOf: number.text.utf8)
        case .string(let string): appendJSON(string)
        case .array(let elements):
            append(UInt8(ascii: "["))
            // Over spans here and below, because an array's iterator copies each element.
            let span = elements.span
            for index in span.indices {
                if index > 0 { append(UInt8(ascii: ",")) }
                appendJSON(span[index])
            }
            append(UInt8(ascii: "]"))
        case .object(let object): appendJSON(object)
        }
    }

    /// Appends an object as compact JSON.
    package mutating func appendJSON(_ object: JSONObject) {
        append(UInt8(ascii: "{"))
        let span = object.members.span
        for index in span.indices {
            if index > 0 { append(UInt8(ascii: ",")) }
            appendJSON(span[index].name)
            append(UInt8(ascii: ":"))
            appendJSON(span[index].value)
        }
        append(UInt8(ascii: "}"))
    }

    /// Appends a string with its quotes, escaping what RFC 8259 section 7 requires, and U+0085, U+2028 and U+2029.
    ///
    /// Those three end a line for readers that split text as Unicode does (Python's `splitlines`, and so the line
    /// iterators of its HTTP clients), which would cut an event of a stream in two.
    package mutating func appendJSON(_ string: String) {
        append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { utf8 in
            let text = unsafe utf8.span.bytes
            if JSONText.isPlain(text, leads: true) {
                unsafe append(contentsOf: utf8)
                return
            }
            var start = 0
            var index = 0
            while true {
                index = JSONText.plainEnd(of: text, from: index, to: utf8.count, leads: true)
                guard index < utf8.count else { break }
                let byte = unsafe utf8[index]
                defer { index += 1 }
                let length: Int
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    length = 1
                } else if byte == 0xe2 || byte == 0xc2 {
                    length = unsafe Self.lineSeparatorLength(utf8[index...])
                } else {
                    continue
                }
                guard length > 0 else { continue }
                unsafe append(contentsOf: utf8[start..<index])
                unsafe length == 1 ? appendEscape(of: byte) : appendSeparatorEscape(of: utf8[index + length - 1])
                start = index + length
            }
            unsafe append(contentsOf: utf8[start...])
        }
        append(UInt8(ascii: "\""))
    }

    /// The bytes of the separator that `text` begins with: 2 for U+0085, 3 for U+2028 and U+2029, 0 for none.
    private static func lineSeparatorLength(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        let start = unsafe text.startIndex
        let count = unsafe text.count
        guard count >= 2 else { return 0 }
        if unsafe text[start] == 0xc2 { return unsafe text[start + 1] == 0x85 ? 2 : 0 }
        guard count >= 3, unsafe text[start + 1] == 0x80 else { return 0 }
        let last = unsafe text[start + 2]
        return last == 0xa8 || last == 0xa9 ? 3 : 0
    }

    /// By the separator's last byte in UTF-8.
    private mutating func appendSeparatorEscape(of last: UInt8) {
        switch last {
        case 0x85: append(ascii: "\\u0085")
        case 0xa8: append(ascii: "\\u2028")
        default: append(ascii: "\\u2029")
        }
    }

    private mutating func appendEscape(of byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x0a: append(UInt8(ascii: "n"))
        case 0x0d: append(UInt8(ascii: "r"))
        case 0x09: append(UInt8(ascii: "t"))
        default:
            append(ascii: "u00")
            append(byte >> 4 == 0 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            append("0123456789abcdef".utf8[at: Int(byte & 15)])
        }
    }

    /// Appends literal text, without a String on the way.
    package mutating func append(ascii text: StaticString) {
        unsafe append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension String.UTF8View {
    fileprivate subscript(at offset: Int) -> UInt8 { self[index(startIndex, offsetBy: offset)] }
}

extension JSONValue {
    /// Compact UTF-8 JSON, members in their order, numbers digit for digit.
    package func serialized() -> [UInt8] {
        var bytes: [UInt8] = []
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
            for (index, element) in elements.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                appendJSON(element)
            }
            append(UInt8(ascii: "]"))
        case .object(let object): appendJSON(object)
        }
    }

    /// Appends an object as compact JSON.
    package mutating func appendJSON(_ object: JSONObject) {
        append(UInt8(ascii: "{"))
        for (index, member) in object.members.enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            appendJSON(member.name)
            append(UInt8(ascii: ":"))
            appendJSON(member.value)
        }
        append(UInt8(ascii: "}"))
    }

    /// Appends a string with its quotes, escaping only what RFC 8259 section 7 requires.
    package mutating func appendJSON(_ string: String) {
        append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices {
                let byte = unsafe utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                unsafe append(contentsOf: utf8[start..<index])
                appendEscape(of: byte)
                start = index + 1
            }
            unsafe append(contentsOf: utf8[start...])
        }
        append(UInt8(ascii: "\""))
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

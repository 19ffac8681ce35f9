internal import Core

/// One whole frame whose lengths, checksums and header structure have been checked.
///
/// It refers to the decoder's bytes instead of copying them, so use it before the decoder is given more.
struct EventStreamMessage: Sendable {
    /// Each entry of the header block, found by the decoder: name, type and value as ranges of ``bytes``.
    struct Field: Sendable {
        let name: Range<Int>
        let type: UInt8
        let value: Range<Int>

        var isString: Bool { type == 7 }
    }

    let bytes: [UInt8]
    let headerBlock: Range<Int>
    let payload: Range<Int>

    /// The value of the string header `:message-type`.
    let type: Range<Int>?
    /// The value of the string header `:event-type`.
    let event: Range<Int>?

    /// All headers, decoded.
    var headers: [EventStreamHeader] {
        var headers: [EventStreamHeader] = []
        forEachField { field in
            headers.append(EventStreamHeader(name: text(field.name), value: value(of: field)))
        }
        return headers
    }

    /// The first string header of that name.
    func string(_ name: StaticString) -> String? {
        var found: Range<Int>?
        forEachField { field in
            if found == nil, field.isString, bytes.spells(name, at: field.name) { found = field.value }
        }
        return found.map(text)
    }

    /// Bytes that are no UTF-8 are replaced: such a header can only be unknown.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func forEachField(_ body: (Field) -> Void) {
        var position = headerBlock.lowerBound
        while position < headerBlock.upperBound {
            guard let field = Self.field(in: bytes, at: position, end: headerBlock.upperBound) else { return }
            body(field)
            position = field.value.upperBound
        }
    }

    private func value(of field: Field) -> EventStreamValue {
        switch field.type {
        case 0: .bool(true)
        case 1: .bool(false)
        case 2: .byte(Int8(truncatingIfNeeded: integer(field.value)))
        case 3: .int16(Int16(truncatingIfNeeded: integer(field.value)))
        case 4: .int32(Int32(truncatingIfNeeded: integer(field.value)))
        case 5: .int64(integer(field.value))
        case 6: .bytes(Array(bytes[field.value]))
        case 7: .string(text(field.value))
        case 8: .timestamp(milliseconds: integer(field.value))
        default: .uuid(Array(bytes[field.value]))
        }
    }

    /// Big-endian; the callers cut it to the width of its type.
    private func integer(_ range: Range<Int>) -> Int64 {
        var value: Int64 = 0
        for index in range { value = value << 8 | Int64(bytes[index]) }
        return value
    }

    /// Reads the entry that begins at `start`: name length (1 byte), name, type (1 byte), value. Nil when it is
    /// malformed or runs past `end`.
    static func field(in bytes: [UInt8], at start: Int, end: Int) -> Field? {
        let nameLength = Int(bytes[start])
        let typeAt = start + 1 + nameLength
        guard nameLength > 0, typeAt < end else { return nil }
        let type = bytes[typeAt]
        var valueAt = typeAt + 1
        let length: Int
        switch type {
        case 0, 1: length = 0
        case 2: length = 1
        case 3: length = 2
        case 4: length = 4
        case 5, 8: length = 8
        case 6, 7:
            guard end - valueAt >= 2 else { return nil }
            length = Int(bytes[valueAt]) << 8 | Int(bytes[valueAt + 1])
            valueAt += 2
        case 9: length = 16
        default: return nil
        }
        guard end - valueAt >= length else { return nil }
        return Field(name: start + 1..<typeAt, type: type, value: valueAt..<valueAt + length)
    }
}

/// HTTP header fields in their order; names compare without regard to case (RFC 9110 section 5.1).
package struct HeaderFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    /// Empty, with room for `count` fields.
    package init(minimumCapacity count: Int) { fields.reserveCapacity(count) }

    package init(dictionaryLiteral elements: (String, String)...) {
        // Most are the fields of an answer, which gets three more on its way to the client.
        fields.reserveCapacity(elements.count + 3)
        for (name, value) in elements { fields.append(Field(name: name, value: value)) }
    }

    /// The first value of that name. Setting replaces all of them; nil removes them.
    package subscript(name: String) -> String? {
        get { place(of: name).map { fields[$0].value } }
        set {
            if place(of: name) != nil { fields.removeAll { $0.name.equalsIgnoringCase(name) } }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    /// By index, because an iterator copies each field that it passes.
    private func place(of name: String) -> Int? {
        for index in fields.indices where fields[index].name.equalsIgnoringCase(name) { return index }
        return nil
    }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }
}

extension String {
    /// Compares as HTTP compares field names: ASCII letters without case.
    package func equalsIgnoringCase(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        if self == other { return true }
        var others = other.utf8.makeIterator()
        for a in utf8 {
            guard let b = others.next() else { return false }
            if a != b, a ^ b != 0x20 || !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(a | 0x20) { return false }
        }
        return true
    }
}

/// The members of a JSON object, in the order of the document, each name once.
package struct JSONObject: Sendable {
    package struct Member: Sendable, Equatable {
        package let name: String
        package var value: JSONValue
        private let mark: NameMark

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
            mark = NameMark(name)
        }

        /// Names are the same when their code units are (RFC 8259 section 8.3). String's own comparison also takes
        /// different spellings of one character as equal, and would make one member of two.
        func isNamed(_ other: String, _ otherMark: NameMark) -> Bool {
            guard mark == otherMark else { return false }
            return mark.isWhole || hasSameBytes(as: other)
        }

        private func hasSameBytes(as other: String) -> Bool {
            let count = name.utf8.count
            guard count == other.utf8.count else { return false }
            // A loop over spans costs a fraction of `elementsEqual`.
            let own = name.utf8Span.span
            let others = other.utf8Span.span
            for index in 0..<count where own[index] != others[index] { return false }
            return true
        }

        func hasName(of other: Member) -> Bool { isNamed(other.name, other.mark) }
    }

    /// The length of a name and its first bytes in one word: many names are compared for each call, and most differ here.
    struct NameMark: Equatable {
        private static let bytes = 7
        /// The length, at most 255, in the lowest byte.
        private let word: UInt64

        init(_ name: String) {
            var name = name
            word = name.withUTF8 { utf8 in
                let count = utf8.count
                let text = unsafe utf8.span.bytes
                let first: UInt64
                switch count {
                case 8...: first = unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self) << 8
                case 4...:
                    // The two overlap, and agree where they do.
                    let low = UInt64(unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self))
                    let high = UInt64(
                        unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: count - 4, as: UInt32.self))
                    first = (high << UInt64(8 * (count - 4)) | low) << 8
                case 1...:
                    first = unsafe UInt64(utf8[0]) << 8 | UInt64(utf8[count / 2]) << 16 | UInt64(utf8[count - 1]) << 24
                default: first = 0
                }
                return first | UInt64(Swift.min(count, 255))
            }
        }

        /// There is no more to the name.
        var isWhole: Bool { word & 0xff <= Self.bytes }
    }

    package private(set) var members: [Member]

    package init() { members = [] }

    package init(_ pairs: [(String, JSONValue)]) {
        members = []
        members.reserveCapacity(pairs.count)
        for (name, value) in pairs { self[name] = value }
    }

    /// For the parser, which has removed repeated names.
    init(unique members: [Member]) { self.members = members }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }

    /// Nil when there is no such member; a member that is `null` answers `.null`. Setting nil removes it.
    package subscript(name: String) -> JSONValue? {
        get { place(of: name).map { members[$0].value } }
        set {
            guard let index = place(of: name) else {
                if let newValue { members.append(Member(name, newValue)) }
                return
            }
            if let newValue { members[index].value = newValue } else { members.remove(at: index) }
        }
    }

    /// Over a span, because an array's iterator and subscript copy each member that is passed.
    private func place(of name: String) -> Int? {
        let mark = NameMark(name)
        let span = members.span
        for index in span.indices where span[index].isNamed(name, mark) { return index }
        return nil
    }

    /// The member, with `null` taken as absence, as OpenAI's and AWS's APIs do.
    package func present(_ name: String) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }
}

extension JSONObject: Equatable {
    /// Objects are equal when they have equal members, in whatever order.
    package static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.isCopy(of: b) || a.count == b.count && a.members.allSatisfy { b[$0.name] == $0.value }
    }

    /// Whether both have the same members in the same place of memory: what was remembered is compared for each call.
    private func isCopy(of other: JSONObject) -> Bool {
        unsafe members.withUnsafeBufferPointer { own in
            unsafe other.members.withUnsafeBufferPointer {
                unsafe own.baseAddress == $0.baseAddress && own.count == $0.count
            }
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

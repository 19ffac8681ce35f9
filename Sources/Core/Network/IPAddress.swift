/// An address of a host, in host byte order.
package enum IPAddress: Sendable, Hashable {
    case v4(UInt32)
    case v6(UInt128)

    /// Four decimal numbers without leading zeros, or the forms of RFC 4291 section 2.2. Nothing else: no zone, no
    /// brackets, and none of the octal, hexadecimal and shortened spellings that `inet_aton` takes.
    package init?(_ text: some StringProtocol) {
        if let address = Self.v4(Substring(text)) {
            self = .v4(address)
        } else if let address = Self.v6(Substring(text)) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    private static func v4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            let isNumber = part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isNumber, part == "0" || part.first != "0", let byte = UInt8(part) else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    private static func v6(_ text: Substring) -> UInt128? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), let first = groups(of: halves[0], mayEndInV4: halves.count == 1) else {
            return nil
        }
        if halves.count == 1 { return first.count == 8 ? joined(first) : nil }
        guard let last = groups(of: halves[1], mayEndInV4: true), first.count + last.count < 8 else { return nil }
        return joined(first + Array(repeating: 0, count: 8 - first.count - last.count) + last)
    }

    private static func groups(of text: Substring, mayEndInV4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, let address = v4(part) {
                groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    private static func joined(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }
}

extension IPAddress: CustomStringConvertible {
    /// IPv6 with all of its groups: `2001:db8:0:0:0:0:0:1`.
    package var description: String {
        switch self {
        case .v4(let address):
            [24, 16, 8, 0].map { String(address >> UInt32($0) & 0xff) }.joined(separator: ".")
        case .v6(let address):
            (0..<8).reversed().map { String(address >> UInt128($0 * 16) & 0xffff, radix: 16) }.joined(separator: ":")
        }
    }
}

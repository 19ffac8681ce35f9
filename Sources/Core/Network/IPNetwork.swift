/// A range of addresses that begin alike.
package struct IPNetwork: Sendable, Hashable {
    private let first: IPAddress
    /// Bits that all have in common.
    private let length: Int

    /// `10.0.0.0/8`, `fd00::/8`, or an address alone. Nil for anything else, also when bits behind the prefix are set,
    /// which is mostly a slip.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
        var length = address.bits
        if parts.count == 2 {
            let digits = parts[1].utf8
            let isNumber =
                (1...3).contains(digits.count)
                && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isNumber, let number = Int(parts[1]), number <= length else { return nil }
            length = number
        }
        guard address.prefix(length) == address else { return nil }
        first = address
        self.length = length
    }

    /// An IPv4 address is in no network of IPv6, however it is written there.
    package func contains(_ address: IPAddress) -> Bool {
        address.bits == first.bits && address.prefix(length) == first
    }
}

extension IPAddress {
    fileprivate var bits: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The address with all bits behind the first `length` cleared.
    fileprivate func prefix(_ length: Int) -> IPAddress {
        switch self {
        case .v4(let address): .v4(length == 0 ? 0 : address & (.max << UInt32(32 - length)))
        case .v6(let address): .v6(length == 0 ? 0 : address & (.max << UInt128(128 - length)))
        }
    }
}

extension IPAddress {
    /// Whether the address belongs to a host of the public internet, so that a request to it reaches nothing of the
    /// operator's own that is not public anyway.
    ///
    /// By IANA's registries of special-purpose addresses. Of IPv6 only 2000::/3 is assigned to hosts, so everything else
    /// is refused without being listed: loopback, mapped and compatible IPv4, NAT64, discard, unique local, link-local,
    /// site-local and multicast addresses.
    /// https://www.iana.org/assignments/iana-ipv4-special-registry,
    /// https://www.iana.org/assignments/iana-ipv6-special-registry
    package var isGloballyRoutable: Bool {
        switch self {
        case .v4: !Self.specialV4.contains { $0.contains(self) }
        case .v6: Self.unicastV6.contains { $0.contains(self) } && !Self.specialV6.contains { $0.contains(self) }
        }
    }

    private static let specialV4 = [
        "0.0.0.0/8",  // this network
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  // private
        "100.64.0.0/10",  // carriers' NAT; Alibaba Cloud's metadata
        "127.0.0.0/8",  // loopback
        "168.63.129.16/32",  // Azure's host, from each of its machines
        "169.254.0.0/16",  // link-local; the clouds' metadata
        "192.0.0.0/24",  // protocol assignments; Oracle Cloud's metadata
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  // documentation
        "192.88.99.0/24",  // relays of 6to4
        "198.18.0.0/15",  // benchmarks
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved; broadcast
    ].compactMap { IPNetwork($0) }

    private static let unicastV6 = ["2000::/3"].compactMap { IPNetwork($0) }

    private static let specialV6 = [
        "2001::/23",  // protocol assignments; Teredo, which holds IPv4 addresses; benchmarks; ORCHID
        "2001:db8::/32", "3fff::/20",  // documentation
        "2002::/16",  // 6to4, which holds IPv4 addresses
        "3ffe::/16",  // the former 6bone
    ].compactMap { IPNetwork($0) }
}

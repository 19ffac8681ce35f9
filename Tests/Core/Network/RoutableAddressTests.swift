import Testing

@testable import Core

@Suite("Addresses that a fetch may go to")
struct RoutableAddressTests {
    private static func isRoutable(_ text: String) throws -> Bool {
        try #require(IPAddress(text), "\(text)").isGloballyRoutable
    }

    /// First and last address of each range, and those beside it.
    private static let ranges: [(first: String, last: String, before: String?, after: String?)] = [
        ("0.0.0.0", "0.255.255.255", nil, "1.0.0.0"),
        ("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
        ("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"),
        ("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"),
        ("168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"),
        ("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"),
        ("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"),
        ("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"),
        ("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"),
        ("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"),
        ("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"),
        ("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"),
        ("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"),
        ("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"),
        ("224.0.0.0", "255.255.255.255", "223.255.255.255", nil),
        ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nil, "2000::"),
        ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"),
        (
            "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db9::"
        ),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"),
        ("3ffe::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nil),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", nil, "3fff:1000::"),
        ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nil),
    ]

    @Test("end where a special range begins and begin where it ends", arguments: ranges.indices)
    func borders(index: Int) throws {
        let range = Self.ranges[index]
        #expect(try !Self.isRoutable(range.first), "\(range.first)")
        #expect(try !Self.isRoutable(range.last), "\(range.last)")
        if let before = range.before { #expect(try Self.isRoutable(before), "\(before)") }
        if let after = range.after { #expect(try Self.isRoutable(after), "\(after)") }
    }

    @Test(
        "are not those behind which clouds, hosts and translations keep their own",
        arguments: [
            "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23",
            "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8", "64:ff9b::169.254.169.254",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "100::1",
            "fc00::1",
            "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "5f00::1", "2001:2::1", "2001:20::1",
            "255.255.255.255",
        ])
    func special(text: String) throws { #expect(try !Self.isRoutable(text)) }

    @Test(
        "are those of the public internet",
        arguments: [
            "1.1.1.1", "8.8.8.8", "93.184.215.14", "223.5.5.5", "2606:4700:4700::1111", "2001:4860:4860::8888",
            "2400:3200::1", "2a00:1450::1",
        ])
    func ordinary(text: String) throws { #expect(try Self.isRoutable(text)) }

    @Test("A policy allows besides them what is in the operator's networks, and nothing near")
    func policy() throws {
        var policy = FetchPolicy()
        #expect(try !policy.allows(#require(IPAddress("10.20.0.5"))))
        policy.networks = try [#require(IPNetwork("10.20.0.0/16"))]
        #expect(try policy.allows(#require(IPAddress("10.20.0.5"))))
        #expect(try policy.allows(#require(IPAddress("8.8.8.8"))))
        #expect(try !policy.allows(#require(IPAddress("10.21.0.5"))))
        #expect(try !policy.allows(#require(IPAddress("::ffff:10.20.0.5"))))
    }
}

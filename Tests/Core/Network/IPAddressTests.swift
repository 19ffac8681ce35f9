import Testing

@testable import Core

@Suite("Addresses and networks")
struct IPAddressTests {
    @Test(
        "are read in the spellings of RFC 4291 and as four decimal numbers",
        arguments: [
            ("127.0.0.1", IPAddress.v4(0x7f00_0001)), ("255.255.255.255", .v4(.max)), ("0.0.0.0", .v4(0)),
            ("::", .v6(0)), ("::1", .v6(1)), ("1::", .v6(1 << 112)),
            ("2001:db8::8:800:200C:417A", .v6(0x2001_0db8_0000_0000_0008_0800_200c_417a)),
            ("::ffff:127.0.0.1", .v6(0xffff_7f00_0001)),
            ("1:2:3:4:5:6:7:8", .v6(0x0001_0002_0003_0004_0005_0006_0007_0008)),
            ("1:2:3:4:5:6:7::", .v6(0x0001_0002_0003_0004_0005_0006_0007_0000)),
            ("64:ff9b::10.0.0.1", .v6(0x0064_ff9b_0000_0000_0000_0000_0a00_0001)),
        ])
    func reads(text: String, address: IPAddress) {
        #expect(IPAddress(text) == address)
        #expect(IPAddress("\(address)") == address)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", "1", "127.1", "127.0.0.01", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "256.0.0.1", "1.2.3.4.",
            "1.2.3.4.5",
            "1..2.3", "+1.2.3.4", "１.2.3.4", ":", ":::", "1:2", "1:2:3:4:5:6:7:8:9", "1::2::3", "::1%lo", "[::1]",
            "12345::", "::+1",
            "1.2.3.4::", "::1.2.3", "1:2:3:4:5:6:7:8::", ":1:2:3:4:5:6:7:8", "::g", " ::1",
        ])
    func refuses(text: String) { #expect(IPAddress(text) == nil) }

    @Test("Networks hold the addresses that begin like them, and none of the other family")
    func networks() throws {
        let private10 = try #require(IPNetwork("10.0.0.0/8"))
        #expect(private10.contains(.v4(0x0a00_0000)) && private10.contains(.v4(0x0aff_ffff)))
        #expect(!private10.contains(.v4(0x0b00_0000)) && !private10.contains(.v4(0x09ff_ffff)))
        #expect(!private10.contains(.v6(0xffff_0a00_0001)))
        let one = try #require(IPNetwork("fd00::1"))
        #expect(one.contains(.v6(0xfd00 << 112 | 1)) && !one.contains(.v6(0xfd00 << 112 | 2)))
        let all = try #require(IPNetwork("0.0.0.0/0"))
        #expect(all.contains(.v4(0)) && all.contains(.v4(.max)) && !all.contains(.v6(0)))
        #expect(try #require(IPNetwork("::/0")).contains(.v6(.max)))
    }

    @Test(
        "Networks with a wrong prefix, or with bits behind it, are nothing",
        arguments: [
            "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.1/8", "::1/64", "::/129",
            "10.0.0.0/8/8", "/8", "a/8",
        ])
    func badNetworks(text: String) { #expect(IPNetwork(text) == nil) }
}

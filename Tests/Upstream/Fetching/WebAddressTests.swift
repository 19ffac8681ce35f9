import Core
import Testing

@testable import Upstream

@Suite("URLs of files as libcurl reads them")
struct WebAddressTests {
    @Test(
        "give the host and port that are connected to",
        arguments: [
            ("http://example.com", "http://example.com/", "example.com", 80),
            ("http:///example.com", "http://example.com/", "example.com", 80),
            ("HTTPS://Example.COM/a?b=c#d", "https://Example.COM/a?b=c", "Example.COM", 443),
            ("https://example.com:8443/x", "https://example.com:8443/x", "example.com", 8443),
            ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/", "2606:4700::1111", 80),
            ("http://example.com/图.png", "http://example.com/%e5%9b%be.png", "example.com", 80),
        ] as [(String, String, String, Int)])
    func parts(text: String, url: String, host: String, port: Int) throws {
        let address = try WebAddress(text)
        #expect(address.url.lowercased() == url.lowercased())
        #expect(address.host.lowercased() == host.lowercased())
        #expect(address.port == port)
    }

    @Test(
        "read odd spellings of loopback as loopback",
        arguments: [
            "http://2130706433/", "http://0x7f000001/", "http://017700000001/", "http://127.1/", "http://0x7f.1/",
            "http://0177.0.0.1/", "http://127.0.1/", "http://%31%32%37.0.0.1/", "http://127.0.0.1:80/",
        ])
    func oddSpellings(text: String) throws {
        #expect(try IPAddress(WebAddress(text).host) == .v4(0x7f00_0001))
    }

    @Test(
        "are refused with credentials, zones, other schemes and hosts that are no names",
        arguments: [
            "http://user@example.com/", "http://user:secret@example.com/", "http://:@example.com/",
            "ftp://example.com/", "file:///etc/passwd",
            "gopher://127.0.0.1:6379/_x", "dict://127.0.0.1/", "javascript:alert(1)", "//example.com/", "example.com/a",
            "", "http://",
            "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[::1/", "http://exa mple.com/",
            "http://example.com/a b",
            "http://example.com\r\nHost: other/", "http://example.com/\u{0}", "http://münchen.de/", "http://①②⑦.⓪.⓪.①/",
            "http://127。0。0。1/",
            "http://example.com:99999/", "http://example.com:0x50/", "http://a\\@b/", "http://example.com%00.evil.com/",
            "http://example.com%2f@evil/",
        ])
    func refused(text: String) { #expect(throws: FetchError.refused) { try WebAddress(text) } }

    @Test("longer than 8 KiB are refused")
    func long() throws {
        let base = "http://example.com/"
        _ = try WebAddress(base + String(repeating: "a", count: 8192 - base.count))
        #expect(throws: FetchError.refused) { try WebAddress(base + String(repeating: "a", count: 8193 - base.count)) }
    }

    @Test("of redirections may be relative, and are held to the same rules")
    func following() throws {
        let address = try WebAddress("https://example.com/a/b?c")
        #expect(try address.following("d").url == "https://example.com/a/d")
        #expect(try address.following("/e").url == "https://example.com/e")
        #expect(try address.following("//other.example/f").host == "other.example")
        #expect(try address.following("http://127.1/").host == "127.0.0.1")
        for location in [
            "file:///etc/passwd", "ftp://example.com/", "http://u:p@example.com/", "http://[fe80::1%25lo]/",
        ] {
            #expect(throws: FetchError.refused) { try address.following(location) }
        }
    }
}

import Core
import Testing

@Suite("Hexadecimal digits")
struct HexadecimalTests {
    @Test("are two for each byte, and read back whatever their case")
    func roundTrip() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hexadecimal.text(bytes)
        #expect(text.count == 512)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(Hexadecimal.text([9, 10, 0x90, 0xa0]) == "090a90a0")
        #expect(Hexadecimal.bytes(text.utf8) == bytes)
        #expect(Hexadecimal.bytes(text.uppercased().utf8) == bytes)
        #expect(Hexadecimal.text([]).isEmpty)
        #expect(Hexadecimal.bytes("".utf8) == [])
    }

    @Test("that are odd in number, or none, are refused", arguments: ["0", "abc", "0g", "g0", "0x12", " 1", "é0"])
    func faulty(text: String) {
        #expect(Hexadecimal.bytes(text.utf8) == nil)
    }
}

import Testing

@testable import Providers

@Suite struct CRC32Tests {
    @Test("The checksum of the standard's check string is the standard's")
    func checkString() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xcbf4_3926)
        #expect(CRC32.checksum([]) == 0)
    }

    @Test("Slices of every length and start agree with one bit at a time")
    func slices() {
        var generator = SeededGenerator(seed: 1)
        let bytes = (0..<80).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for start in 0..<9 {
            for end in start...bytes.count {
                #expect(CRC32.checksum(bytes, start..<end) == bitwise(bytes[start..<end]))
            }
        }
    }

    @Test("A checksum continued over two parts is that of the whole")
    func continued() {
        let bytes = Array("event streams are cut anywhere".utf8)
        for cut in bytes.indices {
            let first = CRC32.checksum(bytes, 0..<cut)
            #expect(CRC32.update(first, bytes, cut..<bytes.count) == CRC32.checksum(bytes))
        }
    }

    private func bitwise(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var register = UInt32.max
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return ~register
    }
}

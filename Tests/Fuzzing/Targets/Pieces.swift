/// Cuts bytes at places that follow from them, so that an input fails the same way each time.
struct Pieces: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position = 0
    private var state: UInt64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // FNV-1a.
        state = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
    }

    mutating func next() -> [UInt8]? {
        guard position < bytes.count else { return nil }
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Mostly small, at times large; empty ones too.
        let most: UInt64 = state >> 60 == 0 ? 4096 : 24
        let end = Swift.min(bytes.count, position + Int((state >> 33) % most))
        defer { position = end }
        return Array(bytes[position..<end])
    }
}

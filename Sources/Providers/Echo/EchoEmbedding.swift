internal import Core

/// A vector that an echo model makes of a text: each word points along one axis, and the sum has length 1. So texts with
/// the same words have the same vector, and those without a common word are likely at right angles.
struct EchoEmbedding: Sendable, Equatable {
    static let defaultDimensions = 8
    static let mostDimensions = 1024

    let vector: [Float]
    let words: Int

    init(_ input: EmbeddingRequest.Input, dimensions: Int?) {
        let count = min(max(dimensions ?? Self.defaultDimensions, 1), Self.mostDimensions)
        var sums = [Double](repeating: 0, count: count)
        var words = 0
        func add(_ word: some Sequence<UInt8>) {
            sums[Int(Self.hash(word) % UInt64(count))] += 1
            words += 1
        }
        switch input {
        case .text(let text):
            for word in text.utf8.split(whereSeparator: { $0 == 0x20 || (0x09...0x0d).contains($0) }) { add(word) }
        case .tokens(let tokens): for token in tokens { add(String(token).utf8) }
        }
        let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vector = sums.map { length > 0 ? Float($0 / length) : 0 }
        self.words = words
    }

    /// FNV-1a.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}

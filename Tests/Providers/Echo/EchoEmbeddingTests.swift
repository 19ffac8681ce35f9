import Core
import Testing

@testable import Providers

@Suite struct EchoEmbeddingTests {
    @Test("A vector has length 1 and is the same for the same words in any order")
    func sameWords() {
        let one = EchoEmbedding(.text("to be or not to be"), dimensions: 16)
        let other = EchoEmbedding(.text("  be be\nnot or to to"), dimensions: 16)
        #expect(one == other && one.words == 6)
        let length = one.vector.reduce(0) { $0 + $1 * $1 }
        #expect(abs(length - 1) < 1e-5)
        #expect(one.vector != EchoEmbedding(.text("something else"), dimensions: 16).vector)
    }

    @Test("Tokens count as words; without any the vector is zero")
    func tokens() {
        #expect(EchoEmbedding(.tokens([12, 7]), dimensions: nil) == EchoEmbedding(.text("12 7"), dimensions: 8))
        #expect(EchoEmbedding(.text("  "), dimensions: 2).vector == [0, 0])
    }
}

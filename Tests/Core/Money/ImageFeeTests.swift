import Testing

@testable import Core

@Suite struct ImageFeeTests {
    @Test("Images cost their price each, beside the tokens, rounded once")
    func fee() {
        var prices = PriceList(input: Money(nanodollars: 3_000_000_000), output: .zero)
        #expect(prices.fee(for: TokenUsage(images: 5)) == .zero)
        prices.image = Money(nanodollars: 40_000_000)
        #expect(prices.fee(for: TokenUsage(images: 3)) == Money(nanodollars: 120_000_000))
        #expect(prices.fee(for: TokenUsage(input: 1, images: 1)) == Money(nanodollars: 40_003_000))
    }

    @Test("No count and no price stops the process")
    func extremes() {
        let prices = PriceList(input: .maximum, output: .maximum, image: .maximum)
        #expect(prices.fee(for: TokenUsage(images: .max)) == Money(nanodollars: .max))
        #expect(prices.fee(for: TokenUsage(images: -1)) == .zero)
    }
}

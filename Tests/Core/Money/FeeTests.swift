import Testing

@testable import Core

@Suite("Fees and token counts")
struct FeeTests {
    private func prices(_ input: Int64, _ output: Int64) -> PriceList {
        PriceList(input: Money(nanodollars: input), output: Money(nanodollars: output))
    }

    @Test("a fee is the exact sum over the kinds of token")
    func sum() {
        // 3 $ and 15 $ per million tokens, with explicit cache prices.
        var list = prices(3_000_000_000, 15_000_000_000)
        list.cacheRead = Money(nanodollars: 300_000_000)
        list.cacheWrite = Money(nanodollars: 3_750_000_000)
        list.cacheWriteOneHour = Money(nanodollars: 6_000_000_000)
        let usage = TokenUsage(input: 1000, output: 200, cacheRead: 5000, cacheWrite: 300, cacheWriteOneHour: 40)
        #expect(list.fee(for: usage).dollars == "0.008865")
    }

    @Test("missing cache prices follow the input price: 0.1, 1.25 and 2 times")
    func fallbacks() {
        let list = prices(3_000_000_000, 15_000_000_000)
        #expect(list.fee(for: TokenUsage(cacheRead: 1_000_000)).dollars == "0.3")
        #expect(list.fee(for: TokenUsage(cacheWrite: 1_000_000)).dollars == "3.75")
        #expect(list.fee(for: TokenUsage(cacheWriteOneHour: 1_000_000)).dollars == "6")
    }

    @Test("a price of zero for a cache kind is a price, not a missing one")
    func zeroPrice() {
        var list = prices(1_000_000, 1_000_000)
        list.cacheRead = .zero
        #expect(list.fee(for: TokenUsage(cacheRead: 1_000_000)) == .zero)
    }

    @Test("a fee is rounded half up once, over the sum of all kinds")
    func rounding() {
        #expect(prices(1, 0).fee(for: TokenUsage(input: 499_999)).nanodollars == 0)
        #expect(prices(1, 0).fee(for: TokenUsage(input: 500_000)).nanodollars == 1)
        #expect(prices(1, 0).fee(for: TokenUsage(input: 1_499_999)).nanodollars == 1)
        #expect(prices(1, 1).fee(for: TokenUsage(input: 300_000, output: 300_000)).nanodollars == 1)
        // 0.1 x 1 nano-dollar x 4,999,999 tokens is just under a half.
        #expect(prices(1, 0).fee(for: TokenUsage(cacheRead: 4_999_999)).nanodollars == 0)
        #expect(prices(1, 0).fee(for: TokenUsage(cacheRead: 5_000_000)).nanodollars == 1)
        #expect(prices(1, 0).fee(for: TokenUsage(cacheWrite: 400_000)).nanodollars == 1)
    }

    @Test("counts that no call can have neither trap nor make a negative fee")
    func absurdCounts() {
        let dearest = PriceList(input: .maximum, output: .maximum)
        let most = TokenUsage(
            input: .max, output: .max, cacheRead: .max, cacheWrite: .max, cacheWriteOneHour: .max, reasoning: .max)
        #expect(dearest.fee(for: most).nanodollars == .max)
        #expect(most.prompt == .max)
        #expect(most.total == .max)
        let least = TokenUsage(input: .min, output: .min, cacheRead: .min, cacheWrite: .min, cacheWriteOneHour: .min)
        #expect(dearest.fee(for: least) == .zero)
        #expect(least.total == .min)
    }

    @Test("prompt tokens count what was read from and written to a cache")
    func promptTokens() {
        let usage = TokenUsage(input: 1, output: 10, cacheRead: 100, cacheWrite: 1000, cacheWriteOneHour: 10_000)
        #expect(usage.prompt == 11_101)
        #expect(usage.total == 11_111)
        #expect(usage.cacheCreation == 11_000)
    }

    @Test("the dearest input price covers every kind that a prompt can incur, rounded up")
    func dearest() {
        var list = prices(7, 0)
        #expect(list.dearestInput(cachesPrompt: false).nanodollars == 7)
        #expect(list.dearestInput(cachesPrompt: true).nanodollars == 14)
        list.cacheWriteOneHour = .zero
        #expect(list.dearestInput(cachesPrompt: true).nanodollars == 9)
        list.cacheWrite = Money(nanodollars: 50)
        #expect(list.dearestInput(cachesPrompt: true).nanodollars == 50)
        #expect(prices(.max, 0).dearestInput(cachesPrompt: true).nanodollars == .max)
    }
}

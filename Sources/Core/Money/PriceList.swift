/// What a model's tokens cost, each in nano-dollars per 1,000,000 tokens; images by the piece.
///
/// A missing cache price falls back to a multiple of the input price: read 0.1, 5-minute write 1.25, 1-hour write 2.
package struct PriceList: Sendable, Hashable {
    package var input: Money
    package var output: Money
    package var cacheRead: Money?
    package var cacheWrite: Money?
    package var cacheWriteOneHour: Money?
    /// Of one image; nil when the model makes none, or by the token only.
    package var image: Money?

    package init(
        input: Money, output: Money, cacheRead: Money? = nil, cacheWrite: Money? = nil, cacheWriteOneHour: Money? = nil,
        image: Money? = nil
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.cacheWriteOneHour = cacheWriteOneHour
        self.image = image
    }

    /// The fee of a call: the sum over the kinds of token, rounded half up to a nano-dollar once.
    ///
    /// Computed in twentieths of a nano-dollar per million tokens, so that the fallback multiples stay exact.
    package func fee(for usage: TokenUsage) -> Money {
        let unit = { (money: Money) in Int128(money.nanodollars) * 20 }
        let input = Int128(input.nanodollars)
        let count = { (tokens: Int) in Int128(min(max(tokens, 0), Self.largestCount)) }
        var sum = count(usage.input) * unit(self.input)
        sum += count(usage.output) * unit(output)
        sum += count(usage.cacheRead) * (cacheRead.map(unit) ?? input * 2)
        sum += count(usage.cacheWrite) * (cacheWrite.map(unit) ?? input * 25)
        sum += count(usage.cacheWriteOneHour) * (cacheWriteOneHour.map(unit) ?? input * 40)
        sum += Int128(min(max(usage.images, 0), Self.mostImages)) * (image.map(unit) ?? 0) * 1_000_000
        let rounded = (sum + 10_000_000) / 20_000_000
        return Money(nanodollars: Int64(clamping: rounded))
    }

    /// A trillion tokens: no call comes near, and 128 bits hold the sum at any price. A provider's count beyond it is
    /// nonsense, which must not stop the process.
    private static let largestCount = 1_000_000_000_000

    private static let mostImages = 1_000_000

    /// The dearest price that one token of a prompt can incur, rounded up.
    package func dearestInput(cachesPrompt: Bool) -> Money {
        guard cachesPrompt else { return input }
        let price = Int128(input.nanodollars)
        let write = cacheWrite ?? Money(nanodollars: Int64(clamping: (price * 5 + 3) / 4))
        let hour = cacheWriteOneHour ?? Money(nanodollars: Int64(clamping: price * 2))
        return max(input, max(write, hour))
    }
}

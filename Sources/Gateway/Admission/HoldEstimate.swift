internal import Core
internal import Providers

/// What a call may cost at most, as far as can be told before it is made. Design.md section 4, "Admission".
struct HoldEstimate: Sendable, Equatable {
    /// When nobody names a limit and the model's own is not known.
    static let defaultOutput = 4096

    let size: PromptSize
    /// `o`: output tokens that one answer may have.
    let output: Int
    /// What goes to the provider: `o` when the key has a quota, so that the answer cannot cost more than was held;
    /// otherwise what the client or the model's configuration asks for, if anything.
    let maxTokens: Int?
    let amount: Money
    /// Of the prompt and all answers, for the key's limit of tokens a minute.
    let tokens: Int

    init(_ request: ChatRequest, key: KeyRecord, model: ResolvedModel) {
        size = PromptSize(request)
        let asked = request.maxTokens ?? model.config.present(GatewayFields.maxTokens)?.int
        output = max(1, asked ?? model.provider.maximumOutput(model.config) ?? Self.defaultOutput)
        maxTokens = key.monthQuota == nil ? asked : output
        let caches = size.marksCache || Self.cachesPrompt(model.config)
        let prices = model.record.prices
        // `n` answers are written, and paid, each to its own end.
        let answers = min(max(request.openAIBody?["n"]?.int ?? 1, 1), 128)
        tokens = size.tokensToHold + min(output, 1 << 40) * answers
        amount = Self.amount(
            input: size.tokensToHold, at: prices.dearestInput(cachesPrompt: caches),
            output: Int128(output) * Int128(answers), at: prices.output)
    }

    /// Of a call that is answered with no tokens.
    init(_ order: WorkOrder, prices: PriceList) {
        size = order.size
        output = 0
        maxTokens = nil
        tokens = size.tokensToHold
        let text = Self.amount(input: size.tokensToHold, at: prices.input, output: 0, at: prices.output)
        let images = prices.fee(for: TokenUsage(images: size.imagesToMake))
        amount = min(text + images, .maximum)
    }

    /// The sum in whole nano-dollars, rounded up, and no more than ``Money/maximum`` so that holds can be added.
    static func amount(input: Int, at inputPrice: Money, output: Int128, at outputPrice: Money) -> Money {
        let sum = Int128(input) * Int128(inputPrice.nanodollars) + output * Int128(outputPrice.nanodollars)
        let whole = (sum + 999_999) / 1_000_000
        return Money(nanodollars: Int64(clamping: max(0, min(whole, Int128(Money.maximum.nanodollars)))))
    }

    private static func cachesPrompt(_ config: JSONObject) -> Bool {
        switch config.present("promptCache") {
        case nil, .bool(false): false
        default: true
        }
    }
}

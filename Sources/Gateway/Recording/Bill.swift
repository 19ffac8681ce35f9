internal import Core

/// What a call is charged for. Design.md section 4.
struct Bill: Equatable {
    let usage: TokenUsage
    let isEstimated: Bool
    let fee: Money
    /// Whether the call counts against the key's limit of requests.
    let isRequest: Bool

    /// - Parameters:
    ///   - size: the request's, for an estimate of the prompt.
    ///   - wasSent: whether the provider was asked at all.
    init(_ answer: AnswerGatherer, status: ThreadRecord.Status, size: PromptSize, wasSent: Bool, prices: PriceList) {
        let isFree = answer.answer.usage == nil && Self.isFree(answer, status: status, wasSent: wasSent)
        isRequest = !isFree
        if var reported = answer.answer.usage {
            // A count that came in the middle of an answer that broke off later does not cover its end.
            let isStale = status != .ok && answer.bytesSinceUsage > 0
            if isStale { reported.output += Self.tokens(ofBytes: answer.bytesSinceUsage) }
            usage = reported
            isEstimated = isStale
        } else if isFree {
            usage = TokenUsage()
            isEstimated = false
        } else {
            usage = TokenUsage(
                input: size.tokens, output: Self.tokens(ofBytes: answer.contentBytes), images: size.imagesToMake)
            isEstimated = true
        }
        fee = prices.fee(for: usage)
    }

    /// A provider that fails before its first token is owed nothing. A client that leaves before the first token is not
    /// free: the provider has read the prompt.
    private static func isFree(_ answer: AnswerGatherer, status: ThreadRecord.Status, wasSent: Bool) -> Bool {
        switch status {
        case .ok: false
        case .error, .truncated: !answer.hasContent
        case .cancelled: !wasSent
        }
    }

    private static func tokens(ofBytes bytes: Int) -> Int { (bytes + 2) / 3 }
}

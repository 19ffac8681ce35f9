package import Core
internal import Providers

/// The tokens of a prompt.
package struct TokenCount: Sendable, Equatable {
    package let tokens: Int
    /// The provider did not tell.
    package let isEstimated: Bool

    package init(tokens: Int, isEstimated: Bool) {
        self.tokens = tokens
        self.isEstimated = isEstimated
    }

    /// Design.md section 4's `e`: a token for each started three bytes of text, 8 a message, 1,600 an image, 3,000 a page.
    package static func estimate(of request: ChatRequest) -> TokenCount {
        TokenCount(tokens: PromptSize(request).tokensToHold, isEstimated: true)
    }
}

extension ChatGateway {
    /// Counts a prompt for a key that may use the model. Costs nothing, and stands in no ledger.
    package func countTokens(
        _ request: ChatRequest, for key: KeyRecord, call context: CallContext
    ) async throws(GatewayError) -> TokenCount {
        let model = try resolve(request, key: key, settings: settings)
        let target = ProviderTarget(
            model: model.name, config: model.config, requestID: context.requestID, maxTokens: nil)
        if let tokens = try await model.provider.countTokens(request, on: target) {
            return TokenCount(tokens: tokens, isEstimated: false)
        }
        return .estimate(of: request)
    }
}

package import Core
package import EventLoop
package import Gateway

/// The gateway as the route that counts tokens sees it.
@LoopActor
package protocol TokenCounting: Sendable {
    /// The tokens of a prompt: by the model's provider, or an estimate.
    func countTokens(
        _ request: ChatRequest, for key: KeyRecord, call: CallContext
    ) async throws(GatewayError) -> TokenCount
}

extension ChatGateway: TokenCounting {}

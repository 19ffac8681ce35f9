package import Core
package import EventLoop
package import Gateway

/// The gateway as the routes of chat dialects see it.
@LoopActor
package protocol ChatCompleting: Sendable {
    /// Makes one call: admission, the provider, the ledger.
    ///
    /// `deliver` gets the answer as it arrives and suspends while the client reads slower; what it throws ends the call
    /// and is thrown on. Returns only once the record is durable, so that the end of a stream is a promise.
    func chat(
        _ request: ChatRequest, for key: KeyRecord, call: CallContext,
        deliver: @LoopActor (ChatDelta) async throws(GatewayError) -> Void
    ) async throws(GatewayError) -> ChatOutcome
}

extension ChatGateway: ChatCompleting {}

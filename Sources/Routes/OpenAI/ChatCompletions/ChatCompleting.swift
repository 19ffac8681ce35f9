package import Core
package import EventLoop

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

/// Which request a call belongs to.
package struct CallContext: Sendable, Equatable {
    /// Brook's id, also in the answer's `x-request-id`.
    package let requestID: String
    /// The `Session-Id` header.
    package let sessionKey: String?

    package init(requestID: String, sessionKey: String?) {
        self.requestID = requestID
        self.sessionKey = sessionKey
    }
}

/// A call that ended well.
package struct ChatOutcome: Sendable {
    package let answer: ChatAnswer
    package let usage: TokenUsage
    package let fee: Money

    package init(answer: ChatAnswer, usage: TokenUsage, fee: Money) {
        self.answer = answer
        self.usage = usage
        self.fee = fee
    }
}

package import Core

/// What a call brings besides its body.
package struct CallContext: Sendable {
    /// Brook's id of the call, as in `x-request-id`.
    package let requestID: String
    /// The `Session-Id` header; nil when the call belongs to no session.
    package let sessionID: String?
    /// Where the gateway notes how the key stands with its limits; nil when nobody wants to know.
    package let limits: LimitReport?

    package init(requestID: String, sessionID: String? = nil, limits: LimitReport? = nil) {
        self.requestID = requestID
        self.sessionID = sessionID
        self.limits = limits
    }
}

/// A call that ended well, as it now stands in the ledger.
package struct ChatOutcome: Sendable {
    /// Whole for a call that was not streamed. For a streamed one only what is recorded, since the client has the rest.
    package let answer: ChatAnswer
    /// What the call was billed by.
    package let usage: TokenUsage
    /// The provider told no usage.
    package let isEstimated: Bool
    package let fee: Money
    package let thread: ThreadID

    package init(answer: ChatAnswer, usage: TokenUsage, isEstimated: Bool, fee: Money, thread: ThreadID) {
        self.answer = answer
        self.usage = usage
        self.isEstimated = isEstimated
        self.fee = fee
        self.thread = thread
    }
}

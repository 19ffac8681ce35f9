/// One call that was admitted, and what came of it. api.md section 3 names its fields.
package struct ThreadRecord: Sendable, Equatable {
    package enum Status: String, Sendable {
        case ok, error, cancelled, truncated
    }

    package var id: ThreadID
    package var requestID: String
    package var sessionID: SessionID?
    package var keyID: KeyID
    package var keyName: String
    package var call: CallRecord
    /// The part of the fee that came off the balance.
    package var feeBalance: Money
    package var createdAt: Timestamp

    package init(
        id: ThreadID, requestID: String, sessionID: SessionID?, keyID: KeyID, keyName: String, call: CallRecord,
        feeBalance: Money, createdAt: Timestamp
    ) {
        self.id = id
        self.requestID = requestID
        self.sessionID = sessionID
        self.keyID = keyID
        self.keyName = keyName
        self.call = call
        self.feeBalance = feeBalance
        self.createdAt = createdAt
    }
}

/// The part of a thread that the gateway knows when the call is over.
package struct CallRecord: Sendable, Equatable {
    package var model: String
    package var provider: String
    /// Plain text of the last user message; empty when texts are not recorded.
    package var prompt = ""
    /// The messages as JSON, binary parts replaced by type, size and SHA-256. Only in a thread's detail.
    package var wholePrompt = ""
    package var completion = ""
    package var reasoning = ""
    /// OpenAI's `tool_calls` array as JSON text, empty when there are none.
    package var toolCalls = ""
    package var usage = TokenUsage()
    package var prices: PriceList
    package var fee: Money = .zero
    /// The usage is an estimate, because the provider's own count never arrived.
    package var isEstimated = false
    package var status: ThreadRecord.Status = .ok
    package var errorCode: String?
    package var finishReason: String?
    package var isStream = false
    /// Milliseconds from admission to the first event; nil when none came.
    package var firstByteLatency: Int?
    /// Milliseconds from admission to the end.
    package var invocationLatency = 0
    /// In their order; the last is the one that answered, if any did. Only in a thread's detail.
    package var attempts: [AttemptRecord] = []

    package init(model: String, provider: String, prices: PriceList) {
        self.model = model
        self.provider = provider
        self.prices = prices
    }
}

/// A conversation: the calls of one key that carried the same `Session-Id`.
package struct SessionRecord: Sendable, Equatable {
    package var id: SessionID
    /// The Session-Id as sent.
    package var key: String
    package var title: String
    package var keyID: KeyID
    package var keyName: String
    package var totalInTokens: Int
    package var totalOutTokens: Int
    package var totalFee: Money
    package var threadCount: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: SessionID, key: String, title: String, keyID: KeyID, keyName: String, totalInTokens: Int,
        totalOutTokens: Int,
        totalFee: Money, threadCount: Int, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.key = key
        self.title = title
        self.keyID = keyID
        self.keyName = keyName
        self.totalInTokens = totalInTokens
        self.totalOutTokens = totalOutTokens
        self.totalFee = totalFee
        self.threadCount = threadCount
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

package import Core

/// A call that ended well and is no conversation, as it now stands in the ledger.
package struct WorkOutcome<Answer: Sendable>: Sendable {
    package let answer: Answer
    /// What the call was billed by.
    package let usage: TokenUsage

    package init(answer: Answer, usage: TokenUsage) {
        self.answer = answer
        self.usage = usage
    }
}

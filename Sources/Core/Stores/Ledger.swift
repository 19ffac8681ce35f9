package import EventLoop

/// Admission and settlement of calls. Design.md section 4 states the rules.
@LoopActor
package protocol Ledger: Sendable {
    /// Checks what the key has left against its live holds in all processes, and its limits against what it did in the
    /// last minute, and places the hold. Waits for nothing.
    func admit(_ request: HoldRequest) throws(StorageError) -> Admission

    /// Changes what a live hold sets aside to `request.amount`, as a call goes on to a model with other prices. More is
    /// checked as an admission's is, beside the key's other holds; less is always admitted. A refusal leaves the hold
    /// as it was. Limits are not asked: the call is the same.
    func reprice(_ hold: Hold, to request: HoldRequest) throws(StorageError) -> Admission

    /// How a key stands with its limits a minute; nil where there are none. For refusals that tell of something else.
    func windows(of key: KeyID, limits: KeyLimits) -> LimitWindows?

    /// Writes the record with its true fee, and gives the hold back. Returns once the record is durable.
    @discardableResult
    func settle(_ settlement: Settlement) async throws(StorageError) -> ThreadID
}

/// The wish to make a call that may cost up to `amount`.
package struct HoldRequest: Sendable {
    package var keyID: KeyID
    /// Nil: the key has no quota, and only its limits are asked.
    package var amount: Money?
    package var month: BillingMonth
    package var limits: KeyLimits
    /// The most tokens that the call may use, by estimate.
    package var tokens: Int

    package init(
        keyID: KeyID, amount: Money?, month: BillingMonth, limits: KeyLimits = KeyLimits(), tokens: Int = 0
    ) {
        self.keyID = keyID
        self.amount = amount
        self.month = month
        self.limits = limits
        self.tokens = tokens
    }
}

package enum Admission: Sendable, Equatable {
    case admitted(Hold)
    /// Something is left, but other calls of the key hold it.
    case held
    /// Nothing is left.
    case exhausted
    /// A limit of the key is reached.
    case limited(LimitRefusal)
    /// The key was deleted, disabled or expired meanwhile.
    case gone
}

/// The end of an admitted call.
package struct Settlement: Sendable {
    /// Nil for a call that needed none: one of a key without quota and limits, which nothing could refuse.
    package var hold: Hold?
    /// The same settlement was tried before, and its outcome is unknown: the call may stand in the ledger already.
    package var isRepeated = false
    package var keyID: KeyID
    package var keyName: String
    /// The month in which the call was admitted; its fee goes there.
    package var month: BillingMonth
    package var requestID: String
    /// The `Session-Id` header, with the title that a new session gets.
    package var session: SessionReference?
    package var call: CallRecord

    package init(
        hold: Hold?, keyID: KeyID, keyName: String, month: BillingMonth, requestID: String,
        session: SessionReference?,
        call: CallRecord
    ) {
        self.hold = hold
        self.keyID = keyID
        self.keyName = keyName
        self.month = month
        self.requestID = requestID
        self.session = session
        self.call = call
    }
}

package struct SessionReference: Sendable, Equatable {
    package var key: String
    package var title: String

    package init(key: String, title: String) {
        self.key = key
        self.title = title
    }
}

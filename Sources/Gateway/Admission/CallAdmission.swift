internal import Core
internal import EventLoop

/// Asks the ledger whether a call may begin, and go on.
@LoopActor
struct CallAdmission {
    private let ledger: any Ledger
    private let report: CallReport

    nonisolated init(ledger: any Ledger, report: CallReport) {
        self.ledger = ledger
        self.report = report
    }

    /// Places the hold. 429 when nothing is left, other calls hold it or a limit is reached, 401 when the key is gone.
    ///
    /// A key without quota and limits is admitted whatever is held, so its calls place no hold.
    func placeHold(
        for estimate: HoldEstimate, key: KeyRecord, context: CallContext, at now: Timestamp
    ) throws(GatewayError) -> Hold? {
        let limits = key.limits
        guard key.monthQuota != nil || !limits.isEmpty else { return nil }
        let hold = HoldRequest(
            keyID: key.id, amount: key.monthQuota == nil ? nil : estimate.amount, month: now.month, limits: limits,
            tokens: estimate.tokens)
        let admission: Admission
        do throws(StorageError) { admission = try ledger.admit(hold) } catch { throw .storage(error) }
        return try check(admission, of: key, estimate, context)
    }

    /// Changes the hold of a call that turns out to cost more or less than was thought. 429 when the key has not as much.
    func extend(_ call: RunningCall, to estimate: HoldEstimate) throws(GatewayError) {
        guard let hold = call.hold, call.key.monthQuota != nil, estimate.amount != call.estimate.amount else { return }
        let request = HoldRequest(keyID: call.key.id, amount: estimate.amount, month: call.month)
        let admission: Admission
        do throws(StorageError) { admission = try ledger.reprice(hold, to: request) } catch { throw .storage(error) }
        if case .admitted = admission { return }
        _ = try check(admission, of: call.key, estimate, call.context)
    }

    private func check(
        _ admission: Admission, of key: KeyRecord, _ estimate: HoldEstimate, _ context: CallContext
    ) throws(GatewayError) -> Hold {
        let limits = key.limits
        switch admission {
        case .admitted(let hold):
            context.limits?.windows = hold.windows
            return hold
        case .limited(let refusal):
            report.refused(.refusedLimit)
            context.limits?.windows = refusal.windows
            throw .limited(refusal, tokens: estimate.tokens)
        case .held:
            context.limits?.windows = ledger.windows(of: key.id, limits: limits)
            report.refused(.refusedHeld)
            throw .rateLimited(
                "Other calls of the key that are still running hold what it has left. Try again shortly.",
                retryAfterSeconds: 1)
        case .exhausted:
            context.limits?.windows = ledger.windows(of: key.id, limits: limits)
            report.refused(.refusedQuota)
            throw .insufficientQuota(
                "The key's month quota and balance are used up. Ask the operator to raise the quota or recharge the key."
            )
        case .gone:
            report.refused(.refusedKey)
            throw .invalidKey("The API key was deleted or disabled, or has expired.")
        }
    }

    /// Whether the call may go on to a model that may cost `estimate`; its hold is that large then. A ledger that cannot
    /// tell says no.
    func reprice(_ call: RunningCall, to estimate: HoldEstimate) -> Bool {
        guard let hold = call.hold, call.key.monthQuota != nil else { return true }
        let request = HoldRequest(keyID: call.key.id, amount: estimate.amount, month: call.month)
        guard case .admitted = try? ledger.reprice(hold, to: request) else { return false }
        return true
    }
}

import Core
import EventLoop

/// Admits as it is told and keeps what is settled. Its order of events is shared with the scripted provider.
@LoopActor
final class FakeLedger: Ledger {
    var admission = Admission.admitted(Hold { _, _ in })
    var admissionError: StorageError?
    /// Thrown by the next settlements, one each.
    var settleErrors: [StorageError] = []
    private(set) var holds: [HoldRequest] = []
    private(set) var settlements: [Settlement] = []
    private(set) var attempts = 0
    private(set) var wasCancelledWhileSettling = false
    let events: EventLog

    init(_ events: EventLog) { self.events = events }

    func admit(_ request: HoldRequest) throws(StorageError) -> Admission {
        holds.append(request)
        if let admissionError { throw admissionError }
        return admission
    }

    /// Answered when the hold is to change; nil: it does.
    var repricing: Admission?
    private(set) var repriced: [HoldRequest] = []

    func reprice(_ hold: Hold, to request: HoldRequest) throws(StorageError) -> Admission {
        repriced.append(request)
        return repricing ?? .admitted(hold)
    }

    /// Answered for a key with limits a minute.
    var windows: LimitWindows?

    func windows(of key: KeyID, limits: KeyLimits) -> LimitWindows? { limits.isPerMinute ? windows : nil }

    func settle(_ settlement: Settlement) async throws(StorageError) -> ThreadID {
        attempts += 1
        if Task.isCancelled { wasCancelledWhileSettling = true }
        await Task.yield()
        if !settleErrors.isEmpty { throw settleErrors.removeFirst() }
        events.add("settled")
        settlements.append(settlement)
        return ThreadID(rawValue: Int64(settlements.count))
    }
}

extension Admission {
    var hold: Hold? { if case .admitted(let hold) = self { hold } else { nil } }
}

/// What happened, in order.
@LoopActor
final class EventLog {
    private(set) var entries: [String] = []
    func add(_ entry: String) { entries.append(entry) }
}

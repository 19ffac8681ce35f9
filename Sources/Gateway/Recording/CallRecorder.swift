internal import Core
internal import EventLoop

/// Writes down how a call ended, and does not return before the ledger has it durably.
@LoopActor
struct CallRecorder {
    private let ledger: any Ledger
    private let settings: GatewaySettings

    init(ledger: any Ledger, settings: GatewaySettings) {
        self.ledger = ledger
        self.settings = settings
    }

    func settlement(
        of call: RunningCall, ending: CallEnding, bill: Bill, prompt: PromptRecord
    ) -> Settlement {
        var record = CallRecord(
            model: call.model.name, provider: call.model.record.provider, prices: call.model.record.prices)
        record.usage = bill.usage
        record.fee = bill.fee
        record.isEstimated = bill.isEstimated
        record.status = ending.status
        record.errorCode = ending.error?.code
        record.finishReason = call.answer.answer.finish?.rawValue
        record.isStream = call.request.isStream
        record.firstByteLatency = call.firstEventAt.map { Self.milliseconds(from: call.admittedAt, to: $0) }
        record.attempts = call.attempts.map(\.record)
        record.invocationLatency = Self.milliseconds(from: call.admittedAt, to: EventLoop.shared.now)
        record.prompt = prompt.prompt
        record.wholePrompt = prompt.wholePrompt
        if call.recordsText { addAnswer(call.answer, to: &record) }
        let session = call.context.sessionID.map { SessionReference(key: $0, title: prompt.title) }
        return Settlement(
            hold: call.hold, keyID: call.key.id, keyName: call.key.name, month: call.month,
            requestID: call.context.requestID, session: session, call: record)
    }

    private func addAnswer(_ gathered: AnswerGatherer, to record: inout CallRecord) {
        let limit = settings.recordedTextLimit
        let answer = gathered.answer
        record.completion = RecordedText.cut(answer.text, to: limit)
        if gathered.isCut { record.completion += RecordedText.mark(limit) }
        record.reasoning = RecordedText.cut(answer.reasoningText, to: limit)
        record.toolCalls = ToolCallRecord.text(answer.toolCalls)
    }

    /// Has a helper thread make the prompt's record while the answer arrives, when the request is large.
    func prepare(_ call: RunningCall) {
        guard call.recordsText, call.promptRecord == nil, call.request.isLarge else { return }
        let request = call.request
        let limit = settings.recordedTextLimit
        call.promptRecord = LoopActor.start {
            await HelperPool.shared.run { () throws(Never) in PromptRecord(request, limit: limit) }
        }
    }

    /// The record of a prompt that is not large, made at once.
    func prompt(of call: RunningCall) -> PromptRecord {
        call.recordsText ? PromptRecord(call.request, limit: settings.recordedTextLimit) : .empty
    }

    /// Settles, also in a task that is cancelled, and tries again for some seconds while storage is not available.
    func settle(_ settlement: Settlement) async throws(StorageError) -> ThreadID {
        if !Task.isCancelled {
            do throws(StorageError) { return try await ledger.settle(settlement) } catch {
                guard case .unavailable = error else { throw error }
            }
        }
        // A task of its own, since the cancellation of the call's would end the waits, and perhaps the write.
        let pauses = Task.isCancelled ? [.zero] + settings.settleRetries : settings.settleRetries
        let ledger = ledger
        let task = LoopActor.start { await Self.retry(settlement, in: ledger, pauses: pauses) }
        return try await task.value.get()
    }

    private static func retry(
        _ settlement: Settlement, in ledger: any Ledger, pauses: [Duration]
    ) async -> Result<ThreadID, StorageError> {
        var settlement = settlement
        settlement.isRepeated = true
        var last = StorageError.unavailable("the ledger was not asked again")
        for pause in pauses {
            if pause > .zero { try? await EventLoop.shared.sleep(for: pause) }
            do throws(StorageError) { return .success(try await ledger.settle(settlement)) } catch {
                last = error
                guard case .unavailable = error else { return .failure(error) }
            }
        }
        return .failure(last)
    }

    private static func milliseconds(from start: UInt64, to end: UInt64) -> Int {
        Int(clamping: (end &- start) / 1_000_000)
    }
}

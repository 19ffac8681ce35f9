package import Core
package import EventLoop
package import Logging
package import Providers

/// The policy of a chat call: which model it means, whether the key may make it, what it costs, and that the ledger
/// has it before the client sees its end.
@LoopActor
package final class ChatGateway {
    package let access: ModelAccess
    /// Holds from the next call on.
    package var settings: GatewaySettings

    let ledger: any Ledger
    let clock: any WallClock
    let report: CallReport

    package nonisolated init(
        models: any ModelStore, ledger: any Ledger, providers: ProviderRegistry, clock: any WallClock,
        metrics: any MetricsRecorder, logger: Logger, settings: GatewaySettings = GatewaySettings()
    ) {
        access = ModelAccess(models: models, providers: providers)
        self.settings = settings
        self.ledger = ledger
        self.clock = clock
        report = CallReport(metrics: metrics, logger: logger)
    }

    /// Makes a call for a key that has been authenticated.
    ///
    /// `deliver` is given each piece of the answer as it comes, and may suspend while the client reads slowly; it throws
    /// ``GatewayError/cancelled`` when the client has gone, as does the cancellation of the task. Then, and after any
    /// other failure, the provider's connection is closed at once. However an admitted call ends, its record is durable
    /// when this returns or throws. Only when it returns may the client be shown the proper end of its stream.
    package func chat(
        _ request: ChatRequest, for key: KeyRecord, call context: CallContext,
        deliver: @LoopActor (ChatDelta) async throws(GatewayError) -> Void
    ) async throws(GatewayError) -> ChatOutcome {
        let call = try begin(request, for: key, context: context)
        let ending = await withTaskCancellationHandler {
            await run(call, deliver: deliver)
        } onCancel: {
            EventLoop.shared.post { LoopActor.assumeIsolated { call.cancel() } }
        }
        return try await finish(call, ending: ending)
    }

    // The steps are functions that are not inlined: a task keeps the frames of all that it is in, and those of an answer
    // that streams for minutes should not hold what only its beginning or its end needs.

    @inline(never)
    private func begin(
        _ request: ChatRequest, for key: KeyRecord, context: CallContext
    ) throws(GatewayError) -> RunningCall {
        let settings = settings
        let model = try resolve(request, key: key, settings: settings)
        let estimate = HoldEstimate(request, key: key, model: model)
        let now = clock.now
        let hold = try placeHold(for: estimate, key: key, context: context, at: now)
        let call = RunningCall(
            AdmittedCall(
                request: request, key: key, context: context, model: model, estimate: estimate, hold: hold,
                month: now.month),
            settings: settings)
        report.began()
        return call
    }

    private func resolve(
        _ request: ChatRequest, key: KeyRecord, settings: GatewaySettings
    ) throws(GatewayError) -> ResolvedModel {
        let model: ResolvedModel
        do throws(GatewayError) { model = try access.resolve(request.model, for: key) } catch {
            if error.status == 403 || error.status == 404 { report.refused(.refusedModel) }
            throw error
        }
        if settings.imagePolicy == .needsMultimodalModel, !model.record.isMultimodal,
            let path = request.firstImagePath
        {
            report.refused(.refusedInput)
            throw .invalid(
                "\(path): the model '\(model.name)' does not take images. Leave it out or ask for another model.",
                param: path)
        }
        return model
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

    /// Asks the provider and passes its answer on. Does not throw: however it ends, the call is settled.
    private func run(
        _ call: RunningCall, deliver: @LoopActor (ChatDelta) async throws(GatewayError) -> Void
    ) async -> CallEnding {
        do throws(GatewayError) {
            if Task.isCancelled { throw .cancelled }
            let stream = try await open(call)
            while let delta = try await stream.next() {
                call.take(delta)
                try await deliver(delta)
            }
            return .complete
        } catch {
            call.abandonStream()
            return CallEnding(error, clientLeft: call.hasStream && Task.isCancelled)
        }
    }

    @inline(never)
    private func open(_ call: RunningCall) async throws(GatewayError) -> any ChatStream {
        let target = ProviderTarget(
            model: call.model.name, config: call.model.config, requestID: call.context.requestID,
            maxTokens: call.estimate.maxTokens)
        call.wasSent = true
        report.sent()
        let stream = try await call.model.provider.open(call.request, on: target)
        call.begin(stream)
        recorder(for: call).prepare(call)
        return stream
    }

    private func recorder(for call: RunningCall) -> CallRecorder {
        CallRecorder(ledger: ledger, settings: call.settings)
    }

    @inline(never)
    func finish(_ call: RunningCall, ending: CallEnding) async throws(GatewayError) -> ChatOutcome {
        let recorder = recorder(for: call)
        let bill = Bill(
            call.answer, status: ending.status, size: call.estimate.size, wasSent: call.wasSent,
            prices: call.model.record.prices)
        // Before the ledger is asked: however that ends, the limits count what was used.
        call.hold?.note(Hold.Use(tokens: bill.usage.prompt + bill.usage.output, isRequest: bill.isRequest))
        recorder.prepare(call)
        let prompt = await call.promptRecord?.value ?? recorder.prompt(of: call)
        let settlement = recorder.settlement(of: call, ending: ending, bill: bill, prompt: prompt)
        defer {
            report.ended(settlement, ending: ending, firstEvent: call.firstEventAt, start: call.admittedAt)
        }
        let thread: ThreadID
        do throws(StorageError) { thread = try await recorder.settle(settlement) } catch {
            report.lost(settlement, cause: error)
            // Of two failures the client is told the first: the provider's.
            throw ending.error ?? .storage(error)
        }
        if let error = ending.error { throw error }
        return ChatOutcome(
            answer: call.answer.answer, usage: bill.usage, isEstimated: bill.isEstimated, fee: bill.fee, thread: thread)
    }
}

extension ChatRequest {
    /// Where the first image stands, as an error names it.
    fileprivate var firstImagePath: String? {
        for (index, message) in messages.enumerated() {
            for (place, part) in message.parts.enumerated() {
                if case .image = part.content { return "messages[\(index)].content[\(place)]" }
            }
        }
        return nil
    }
}

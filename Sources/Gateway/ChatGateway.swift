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
    let admission: CallAdmission
    let pacing: any Pacing
    private let attempts: Attempts
    private let health: PlaceHealth

    /// - Parameter fetcher: nil: files that requests name by their URL are not fetched.
    package nonisolated init(
        models: any ModelStore, ledger: any Ledger, providers: ProviderRegistry, clock: any WallClock,
        metrics: any MetricsRecorder, logger: Logger, settings: GatewaySettings = GatewaySettings(),
        pacing: any Pacing = LoopPacing(), fetcher: (any FileFetcher)? = nil
    ) {
        access = ModelAccess(models: models, providers: providers)
        self.settings = settings
        self.ledger = ledger
        self.clock = clock
        self.pacing = pacing
        let report = CallReport(metrics: metrics, logger: logger)
        self.report = report
        admission = CallAdmission(ledger: ledger, report: report)
        health = PlaceHealth(metrics: metrics, logger: logger)
        attempts = Attempts(
            access: access, admission: admission, health: health, report: report, pacing: pacing,
            media: MediaFetching(fetcher: fetcher, report: report))
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
        return try admit(
            request, to: model, under: settings, as: HoldEstimate(request, key: key, model: model), for: key,
            context: context)
    }

    func admit(
        _ request: ChatRequest, to model: ResolvedModel, under settings: GatewaySettings, as estimate: HoldEstimate,
        for key: KeyRecord, context: CallContext
    ) throws(GatewayError) -> RunningCall {
        let now = clock.now
        let hold = try admission.placeHold(for: estimate, key: key, context: context, at: now)
        let call = RunningCall(
            AdmittedCall(
                request: request, key: key, context: context, model: model, estimate: estimate, hold: hold,
                month: now.month),
            settings: settings, startedAt: pacing.now)
        report.began()
        return call
    }

    func resolve(
        _ request: ChatRequest, key: KeyRecord, settings: GatewaySettings
    ) throws(GatewayError) -> ResolvedModel {
        let model = try find(request.model, for: key)
        if let path = settings.imageRefused(by: model, in: request) {
            report.refused(.refusedInput)
            throw .invalid(
                "\(path): the model '\(model.name)' does not take images. Leave it out or ask for another model.",
                param: path)
        }
        if let path = request.anthropic?.untranslated, !model.provider.speaksAnthropic {
            report.refused(.refusedInput)
            throw .invalid(
                "\(path): only a model behind Anthropic's own API takes this, and '\(model.name)' is none. Leave it out "
                    + "or ask for another model.",
                param: path, code: "unsupported_value")
        }
        return model
    }

    func find(_ name: String, for key: KeyRecord) throws(GatewayError) -> ResolvedModel {
        do throws(GatewayError) { return try access.resolve(name, for: key) } catch {
            if error.status == 403 || error.status == 404 { report.refused(.refusedModel) }
            throw error
        }
    }

    /// Forgets what is remembered of places that nobody asks any more. To be called now and then.
    package func sweep() { health.sweep(at: pacing.now) }

    /// Has the call answered and passes the answer on. Does not throw: however it ends, the call is settled.
    private func run(
        _ call: RunningCall, deliver: @LoopActor (ChatDelta) async throws(GatewayError) -> Void
    ) async -> CallEnding {
        var begun: Attempt?
        var isReading = false
        do throws(GatewayError) {
            if Task.isCancelled { throw .cancelled }
            let attempt = try await begin(call)
            begun = attempt
            for delta in attempt.takeBeginning() {
                call.take(delta)
                try await deliver(delta)
            }
            // Without a function around it: each would be one more frame for every chunk.
            if let stream = attempt.rest {
                isReading = true
                while let delta = try await stream.next() {
                    isReading = false
                    call.take(delta)
                    try await deliver(delta)
                    isReading = true
                }
            }
            attempts.ended(attempt, nil, isProvidersFault: false)
            return .complete
        } catch {
            if let begun { attempts.ended(begun, error, isProvidersFault: isReading) }
            call.abandonStream()
            return CallEnding(error, clientLeft: call.hasStream && Task.isCancelled)
        }
    }

    @inline(never)
    private func begin(_ call: RunningCall) async throws(GatewayError) -> Attempt {
        let recorder = recorder(for: call)
        return try await attempts.answer(call) { recorder.prepare(call) }
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

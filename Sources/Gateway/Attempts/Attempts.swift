internal import Core
internal import EventLoop

/// Finds somebody who answers a call: goes round the places of its model, waits where that may help, then goes on to the
/// model's fallbacks. Docs: adr/0016.
@LoopActor
final class Attempts {
    private let access: ModelAccess
    private let admission: CallAdmission
    private let health: PlaceHealth
    private let report: CallReport
    private let pacing: any Pacing
    private let media: MediaFetching
    /// Counts calls, so that they begin at one place after another.
    private var turn = 0

    nonisolated init(
        access: ModelAccess, admission: CallAdmission, health: PlaceHealth, report: CallReport, pacing: any Pacing,
        media: MediaFetching
    ) {
        self.access = access
        self.admission = admission
        self.health = health
        self.report = report
        self.pacing = pacing
        self.media = media
    }

    /// An attempt whose answer has begun. What it throws is what the model that was asked for came to, since that is the
    /// one the client knows of.
    ///
    /// - Parameter opened: called when a provider has taken the call, perhaps more than once.
    func answer(
        _ call: RunningCall, opened: @LoopActor () -> Void
    ) async throws(GatewayError) -> Attempt {
        let fallbacks = call.asked.fallbacks
        let places = places(of: call.asked, for: call)
        guard !fallbacks.isEmpty else { return try await ask(call.asked, at: places, for: call, opened: opened) }
        var search = Search(asked: call.asked)
        if let attempt = try await consider(call.asked, at: places, for: call, &search, opened: opened) {
            return attempt
        }
        for model in usable(fallbacks, for: call) {
            let places = self.places(of: model, for: call)
            if let attempt = try await consider(model, at: places, for: call, &search, opened: opened) {
                return attempt
            }
        }
        // Nobody else is left: what was set aside is better than nothing.
        for model in search.aside {
            let places = self.places(of: model, for: call)
            if let attempt = try await take(model, at: places, for: call, &search, opened: opened) { return attempt }
        }
        call.returnToAsked()
        throw search.error
    }

    /// How an attempt whose answer began has ended.
    ///
    /// - Parameter error: nil when the answer came whole.
    func ended(_ attempt: Attempt, _ error: GatewayError?, isProvidersFault: Bool) {
        let clientLeft = error.map { $0.isCancelled || Task.isCancelled } ?? false
        if let error {
            attempt.brokeOff(clientLeft ? .cancelled : error)
            if isProvidersFault, !clientLeft { note(attempt, error, Recovery(error)) }
        }
        report.attemptEnded(error, clientLeft: clientLeft || !isProvidersFault)
    }

    /// Asks a model unless all its places are set aside; nil when the search goes on.
    private func consider(
        _ model: ResolvedModel, at places: Places, for call: RunningCall, _ search: inout Search,
        opened: @LoopActor () -> Void
    ) async throws(GatewayError) -> Attempt? {
        guard places.hasAvailable(at: pacing.now) else {
            search.setAside(model)
            return nil
        }
        return try await take(model, at: places, for: call, &search, opened: opened)
    }

    /// Asks a model; nil when the search goes on.
    private func take(
        _ model: ResolvedModel, at places: Places, for call: RunningCall, _ search: inout Search,
        opened: @LoopActor () -> Void
    ) async throws(GatewayError) -> Attempt? {
        guard use(model, for: call) else { return nil }
        do throws(GatewayError) {
            let attempt = try await ask(model, at: places, for: call, opened: opened)
            if model !== call.asked { report.fellBack() }
            return attempt
        } catch {
            search.failed(model, error)
            if error.isCancelled || Task.isCancelled { throw error }
            if model === call.asked, Recovery(error) == .none { throw error }
            call.giveUpAttempt()
            if remaining(of: call) <= .zero {
                call.returnToAsked()
                throw search.error
            }
            return nil
        }
    }

    /// The fallbacks that the key may use and the request can go to. One that is not there any more is no reason to fail.
    private func usable(_ names: [String], for call: RunningCall) -> [ResolvedModel] {
        var models: [ResolvedModel] = []
        for name in names {
            guard let model = try? access.resolve(name, for: call.key),
                model.record.id != call.asked.record.id, !models.contains(where: { $0.record.id == model.record.id }),
                call.settings.imageRefused(by: model, in: call.request) == nil
            else { continue }
            models.append(model)
        }
        return models
    }

    /// Whether the key can pay for the model; from then on the call is one to it.
    private func use(_ model: ResolvedModel, for call: RunningCall) -> Bool {
        guard model !== call.model else { return true }
        let estimate = HoldEstimate(call.request, key: call.key, model: model)
        guard admission.reprice(call, to: estimate) else { return false }
        call.use(model, estimate: estimate)
        return true
    }

    /// Goes round the places of one model until one answers or nothing more may help.
    private func ask(
        _ model: ResolvedModel, at places: Places, for call: RunningCall, opened: @LoopActor () -> Void
    ) async throws(GatewayError) -> Attempt {
        if !call.request.addressPlaces.isEmpty { try await fetchMedia(of: call, for: model) }
        var places = places
        let policy = call.settings.retries
        var retry = 0
        while true {
            guard let endpoint = places.next(at: pacing.now) else {
                throw .internal(cause: "the model \(model.record.name) has no place to call")
            }
            let attempt = Attempt(model, at: endpoint, now: pacing.now)
            do throws(GatewayError) {
                try await begin(attempt, of: call, opened: opened)
                return attempt
            } catch {
                let recovery = Recovery(error)
                guard !Task.isCancelled, retry < recovery.retries(of: model.maxRetries ?? policy.maxRetries) else {
                    throw error
                }
                places.failed(endpoint, recovery, retryAfter: error.retryAfterSeconds, at: pacing.now)
                guard let pause = pause(before: retry, places, policy), pause < remaining(of: call) else { throw error }
                report.willTryAgain(call.context.requestID, after: attempt.record, pause: pause)
                call.giveUpAttempt()
                if pause > .zero {
                    do throws(CancellationError) { try await pacing.wait(pause) } catch { throw .cancelled }
                }
                retry += 1
            }
        }
    }

    /// Puts the files that the request names by their URL into it, where the model's provider does not fetch them itself.
    /// The call has been admitted: nobody without a key, right or quota has anything fetched. What the files cost is known
    /// only now, so the hold is changed to it.
    @inline(never)
    private func fetchMedia(of call: RunningCall, for model: ResolvedModel) async throws(GatewayError) {
        let completed = try await media.complete(call.request, for: model.provider, by: call.settings.fetching)
        guard let completed else { return }
        let estimate = HoldEstimate(completed, key: call.key, model: model)
        try admission.extend(call, to: estimate)
        call.use(completed, estimate: estimate)
    }

    /// Nil when no further attempt should be made.
    private func pause(before retry: Int, _ places: Places, _ policy: RetryPolicy) -> Duration? {
        let now = pacing.now
        guard let next = places.next(at: now) else { return nil }
        guard places.wasTried(next) else { return .zero }
        return policy.pause(retry: retry, asked: places.askedWait(next, at: now), fraction: pacing.fraction())
    }

    private func begin(
        _ attempt: Attempt, of call: RunningCall, opened: @LoopActor () -> Void
    ) async throws(GatewayError) {
        let isFirst = call.attempts.isEmpty
        call.begin(attempt)
        report.sent()
        let place = place(of: attempt)
        health.begin(place, at: pacing.now)
        let target = ProviderTarget(
            model: attempt.model.name, config: attempt.model.config, requestID: call.context.requestID,
            maxTokens: call.estimate.maxTokens, endpoint: attempt.endpoint,
            timeLimit: isFirst ? nil : remaining(of: call))
        do throws(GatewayError) {
            try await attempt.begin(call.request, on: target, pacing: pacing) { stream in
                call.begin(stream)
                opened()
            }
            health.answered(place)
        } catch {
            let clientLeft = error.isCancelled || Task.isCancelled
            if clientLeft {
                health.abandoned(place)
                call.keepCounts(of: attempt.beginning)
            } else {
                note(attempt, error, Recovery(error))
            }
            report.attemptEnded(error, clientLeft: clientLeft)
            throw error
        }
    }

    private func note(_ attempt: Attempt, _ error: GatewayError, _ recovery: Recovery) {
        let place = place(of: attempt)
        switch recovery {
        case .none: health.answered(place)
        case .otherModel: health.abandoned(place)
        case .otherCredentials, .once, .throttled, .again:
            health.failed(
                place, recovery, retryAfter: error.retryAfterSeconds, model: attempt.model.record.name, at: pacing.now)
        }
    }

    private func place(of attempt: Attempt) -> PlaceHealth.Place {
        PlaceHealth.Place(
            model: attempt.model.record.id, version: attempt.model.record.version, endpoint: attempt.endpoint)
    }

    private func places(of model: ResolvedModel, for call: RunningCall) -> Places {
        Places(of: model, health: health) {
            // A session stays at one place as long as that answers, because prompt caches are kept there.
            if let session = call.context.sessionID { return Self.digest(session) }
            turn &+= 1
            return turn & Int.max
        }
    }

    /// FNV-1a, without its highest bit.
    private static func digest(_ text: String) -> Int {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int(hash >> 1)
    }

    /// What is left of the time of the call, which the model that was asked for sets.
    private func remaining(of call: RunningCall) -> Duration {
        let total = call.asked.totalTime ?? call.settings.retries.totalTime
        return total - .nanoseconds(Int64(clamping: pacing.now &- call.startedAt))
    }
}

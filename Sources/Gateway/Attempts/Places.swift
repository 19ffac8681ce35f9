internal import Core
internal import EventLoop

/// Chooses among the places of one model for the attempts of one call.
@LoopActor
struct Places {
    private let model: ResolvedModel
    private let health: PlaceHealth
    /// In the order in which this call goes round them.
    private var endpoints: [ProviderEndpoint]
    private var tries: [ProviderEndpoint: Trial] = [:]

    private struct Trial {
        var count = 0
        /// Monotonic nanoseconds; the provider asked not to come back before.
        var notBefore: UInt64 = 0
    }

    /// - Parameter turn: where the call begins to go round; asked only where there are several places.
    init(of model: ResolvedModel, health: PlaceHealth, turn: () -> Int) {
        self.model = model
        self.health = health
        let configured = model.provider.endpoints(model.config)
        let start = configured.count > 1 ? turn() % configured.count : 0
        endpoints = start == 0 ? configured : Array(configured[start...] + configured[..<start])
    }

    func hasAvailable(at now: UInt64) -> Bool {
        endpoints.contains { health.isAvailable(place($0), at: now) }
    }

    /// The place that is available first; of several, the one that this call tried least, and then the next in turn. Nil
    /// when none is left that might do.
    func next(at now: UInt64) -> ProviderEndpoint? {
        var best: (endpoint: ProviderEndpoint, readyAt: UInt64, tries: Int)?
        for endpoint in endpoints {
            let readyAt = health.readyAt(place(endpoint), at: now)
            let tried = tries[endpoint]?.count ?? 0
            if let best, (best.readyAt, best.tries) <= (readyAt, tried) { continue }
            best = (endpoint, readyAt, tried)
        }
        return best?.endpoint
    }

    /// Whether the call was at the place already, so that it waits before it comes back.
    func wasTried(_ endpoint: ProviderEndpoint) -> Bool { tries[endpoint] != nil }

    /// How long the provider still asks to stay away.
    func askedWait(_ endpoint: ProviderEndpoint, at now: UInt64) -> Duration {
        guard let trial = tries[endpoint], trial.notBefore > now else { return .zero }
        return .nanoseconds(Int64(clamping: trial.notBefore - now))
    }

    /// An attempt failed there. Where credentials were refused, all places that would be sent the same are left out.
    mutating func failed(_ endpoint: ProviderEndpoint, _ recovery: Recovery, retryAfter: Int?, at now: UInt64) {
        tries[endpoint, default: Trial()].count += 1
        if let retryAfter {
            tries[endpoint]?.notBefore = now &+ Duration.seconds(max(0, retryAfter)).nanosecondsClamped
        }
        if recovery == .otherCredentials { endpoints.removeAll { $0.credentials == endpoint.credentials } }
    }

    func place(_ endpoint: ProviderEndpoint) -> PlaceHealth.Place {
        PlaceHealth.Place(model: model.record.id, version: model.record.version, endpoint: endpoint)
    }
}

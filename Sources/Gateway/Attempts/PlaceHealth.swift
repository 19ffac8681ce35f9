internal import Core
internal import EventLoop
internal import Logging

/// What this process knows of the places that its calls go to. Only those that failed are remembered, each until it
/// answers again: other processes find out for themselves, within a few calls of their own.
@LoopActor
final class PlaceHealth {
    /// A place of one version of a model's configuration, so that a change is tried at once.
    struct Place: Hashable {
        let model: ModelID
        let version: Int
        let endpoint: ProviderEndpoint
    }

    private struct Entry {
        var circuit = Circuit()
        var changedAt: UInt64
    }

    /// What nobody asked for so long is forgotten.
    private static let memory = Duration.seconds(900)
    private static let mostPlaces = 4096

    private var entries: [Place: Entry] = [:]
    private let metrics: any MetricsRecorder
    private let logger: Logger

    nonisolated init(metrics: any MetricsRecorder, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    func isAvailable(_ place: Place, at now: UInt64) -> Bool {
        entries[place]?.circuit.isAvailable(at: now) ?? true
    }

    /// From when the place is available, 0 when it is.
    func readyAt(_ place: Place, at now: UInt64) -> UInt64 {
        guard let circuit = entries[place]?.circuit, !circuit.isAvailable(at: now) else { return 0 }
        return max(circuit.readyAt, now + 1)
    }

    func begin(_ place: Place, at now: UInt64) { entries[place]?.circuit.begin(at: now) }

    func abandoned(_ place: Place) { entries[place]?.circuit.abandon() }

    func answered(_ place: Place) { forget(place) }

    func failed(_ place: Place, _ recovery: Recovery, retryAfter: Int?, model: String, at now: UInt64) {
        if entries[place] == nil, entries.count >= Self.mostPlaces { sweep(at: now) }
        guard entries.count < Self.mostPlaces || entries[place] != nil else { return }
        var entry = entries[place] ?? Entry(changedAt: now)
        entry.changedAt = now
        let wasOpen = entry.circuit.isOpen
        if recovery == .throttled {
            entry.circuit.throttled(at: now, retryAfter: retryAfter)
        } else if entry.circuit.failed(at: now) {
            if !wasOpen { metrics.change(.circuitsOpen, by: 1) }
            metrics.add(.circuitsOpened, 1)
            logger.warning(
                "a place of a model failed repeatedly and is left alone for a while",
                metadata: [
                    "model": "\(model)", "region": "\(place.endpoint.region ?? "")",
                    "credentials": "\(place.endpoint.credentials)", "failures": "\(entry.circuit.failures)",
                    "seconds": "\((entry.circuit.readyAt - now) / 1_000_000_000)",
                ])
        }
        entries[place] = entry
    }

    /// To be called now and then.
    func sweep(at now: UInt64) {
        let old = entries.filter { $0.value.changedAt &+ Self.memory.nanosecondsClamped < now }
        for place in old.keys { forget(place) }
    }

    private func forget(_ place: Place) {
        guard !entries.isEmpty, let entry = entries.removeValue(forKey: place), entry.circuit.isOpen else { return }
        metrics.change(.circuitsOpen, by: -1)
    }
}

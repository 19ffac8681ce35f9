internal import Core
internal import EventLoop

/// The credentials of a role, fetched anew before they end.
///
/// A call that finds them near their end starts a fetch and goes on with what there is; only without valid ones does it
/// wait. At most one fetch is under way, whoever asks.
@LoopActor
final class RefreshedCredentials {
    /// Seconds before their end at which they are fetched anew, or a quarter of their time when that is less.
    private static let lead: Int64 = 900
    /// Seconds without another fetch after one that failed.
    private static let failurePause: Int64 = 5
    /// Seconds that refused credentials are kept at least: a role that lacks a right would else be fetched for every call.
    private static let shortestUse: Int64 = 60

    private typealias Outcome = Result<TemporaryCredentials, CredentialError>

    private let service: any CredentialService
    private let clock: any WallClock
    private var current: TemporaryCredentials?
    private var fetchedAt = Timestamp(milliseconds: 0)
    private var refreshAt: Timestamp?
    private var failure: (error: CredentialError, until: Timestamp)?
    private var fetch: Task<Outcome, Never>?

    nonisolated init(_ service: any CredentialService, clock: any WallClock) {
        self.service = service
        self.clock = clock
    }

    func credentials() async throws(CredentialError) -> AWSCredentials {
        let now = clock.now
        let mayFetch = failure.map { now >= $0.until } ?? true
        if let current, current.isValid(at: now) {
            if mayFetch, let refreshAt, now >= refreshAt { _ = begin() }
            return current.credentials
        }
        if let failure, !mayFetch { throw failure.error }
        return try await begin().value.get().credentials
    }

    /// AWS refused them: fetched anew, unless that was done just now.
    func refused(_ credentials: AWSCredentials) {
        guard current?.credentials == credentials, clock.now >= fetchedAt.adding(seconds: Self.shortestUse) else {
            return
        }
        refreshAt = clock.now
    }

    private func begin() -> Task<Outcome, Never> {
        if let fetch { return fetch }
        let task = LoopActor.start { await self.run() }
        fetch = task
        return task
    }

    private func run() async -> Outcome {
        defer { fetch = nil }
        do throws(CredentialError) {
            let fetched = try await service.fetch()
            let now = clock.now
            guard fetched.isValid(at: now) else {
                throw CredentialError("the fetched credentials have expired already; check the clock of the host")
            }
            current = fetched
            fetchedAt = now
            refreshAt = fetched.expiresAt.map { Self.refreshTime(until: $0, from: now) }
            failure = nil
            return .success(fetched)
        } catch {
            failure = (error, clock.now.adding(seconds: Self.failurePause))
            return .failure(error)
        }
    }

    private static func refreshTime(until end: Timestamp, from now: Timestamp) -> Timestamp {
        let life = end.seconds - now.seconds
        return end.adding(seconds: -min(lead, life / 4))
    }
}

package import Core
package import EventLoop

/// Fetches files from addresses that clients name, without letting them reach what only this host can reach.
///
/// A host is looked up once for each hop. All of its addresses must be allowed, and the connection goes to one of those
/// that were checked, whatever the name resolves to a moment later. Redirections are followed here, each by the same
/// rules. Nothing of the gateway goes along: no cookies, credentials or referrer, and no proxy of the environment is used.
/// Compressed answers are not asked for, and not unpacked. Docs: adr/0018.
@LoopActor
package final class GuardedFetcher: FileFetcher {
    /// Of one host: those after them are not tried.
    private static let mostAddresses = 3

    private let transport: any Transport
    private let resolver: any NameResolver
    private let timeLimit: Duration

    /// Less than the whole time, so that another address can still be tried.
    private var connectLimit: Duration { timeLimit * 2 / 5 }

    package nonisolated init(
        transport: any Transport, resolver: any NameResolver = SystemResolver(),
        timeLimit: Duration = FetchPolicy.timeLimit
    ) {
        self.transport = transport
        self.resolver = resolver
        self.timeLimit = timeLimit
    }

    package func fetch(
        _ url: String, by policy: FetchPolicy, within budget: FetchBudget
    ) async throws(FetchError) -> FetchedFile {
        let due = EventLoop.shared.now &+ timeLimit.nanosecondsClamped
        var address = try WebAddress(url)
        for _ in 0...FetchPolicy.mostRedirections {
            let response = try await open(address, by: policy, due: due)
            if let location = Self.location(response) {
                response.cancel()
                address = try address.following(location)
                continue
            }
            let body = FetchedBody(response)
            do throws(FetchError) {
                try Self.check(response)
                return FetchedFile(
                    bytes: try await body.collect(within: budget), declaredType: response.headers["Content-Type"])
            } catch {
                body.cancel()
                throw error
            }
        }
        throw .failed
    }

    /// The answer of the first address that can be connected to.
    private func open(
        _ address: WebAddress, by policy: FetchPolicy, due: UInt64
    ) async throws(FetchError) -> any TransportResponse {
        guard policy.ports.contains(address.port) else { throw .refused }
        let hosts = try await resolve(address.host, due: due)
        guard hosts.allSatisfy(policy.allows) else { throw .refused }
        var last = FetchError.failed
        for host in hosts.prefix(Self.mostAddresses) {
            let left = try Self.left(until: due)
            let request = TransportRequest(
                method: "GET", url: address.url, headers: ["Accept": "*/*"],
                deadlines: Deadlines(
                    connect: min(connectLimit, left), firstByte: left, idle: left, total: left),
                pinnedAddress: host)
            do throws(TransportError) { return try await transport.send(request) } catch {
                last = FetchError(error)
                switch error {
                case .connect, .timeout(.connect): continue
                default: throw last
                }
            }
        }
        throw last
    }

    private func resolve(_ host: String, due: UInt64) async throws(FetchError) -> [IPAddress] {
        if let address = IPAddress(host) { return [address] }
        let hosts = try await Lookup.run(host, with: resolver, limit: try Self.left(until: due))
        guard !hosts.isEmpty else { throw .failed }
        return hosts
    }

    private static func left(until due: UInt64) throws(FetchError) -> Duration {
        if Task.isCancelled { throw .cancelled }
        let now = EventLoop.shared.now
        guard now < due else { throw .timedOut }
        return .nanoseconds(Int64(clamping: due - now))
    }

    private static func location(_ response: any TransportResponse) -> String? {
        switch response.status {
        case 301, 302, 303, 307, 308: response.headers["Location"]
        default: nil
        }
    }

    /// What the answer's head says already.
    private static func check(_ response: any TransportResponse) throws(FetchError) {
        guard response.status == 200 else { throw .failed }
        let headers = response.headers
        if let encoding = headers["Content-Encoding"], encoding.lowercased() != "identity" { throw .failed }
        if let length = headers["Content-Length"].flatMap({ Int($0) }), length > FetchPolicy.largestFile {
            throw .tooLarge
        }
    }
}

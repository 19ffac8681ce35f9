internal import Core
internal import EventLoop

/// A look-up of a name that is given up when its time is over or its task cancelled; the resolver's thread goes on until
/// it has its answer, which nobody reads.
@LoopActor
final class Lookup {
    private var result: Result<[IPAddress], FetchError>?
    private var waiter: CheckedContinuation<Void, Never>?

    static func run(
        _ host: String, with resolver: any NameResolver, limit: Duration
    ) async throws(FetchError) -> [IPAddress] {
        let lookup = Lookup()
        LoopActor.start {
            let addresses = await resolver.addresses(of: host)
            lookup.end(addresses.map { .success($0) } ?? .failure(.failed))
        }
        let timer = EventLoop.shared.schedule(after: limit) { lookup.end(.failure(.timedOut)) }
        let result = await withTaskCancellationHandler {
            await lookup.wait()
        } onCancel: {
            LoopActor.perform { lookup.end(.failure(.cancelled)) }
        }
        timer.cancel()
        return try result.get()
    }

    private func wait() async -> Result<[IPAddress], FetchError> {
        while true {
            if let result { return result }
            await withCheckedContinuation { waiter = $0 }
        }
    }

    private func end(_ outcome: Result<[IPAddress], FetchError>) {
        guard result == nil else { return }
        result = outcome
        waiter?.resume()
        waiter = nil
    }
}

internal import Core
internal import Synchronization

/// One waiting write: made on the loop, run on the writer's thread, answered on the loop again.
protocol WriteJob: Sendable {
    /// Accounts that were charged before it in its transaction need not be written for it. See ``OpenAccounts``.
    var leavesAccountsOpen: Bool { get }
    func run(on connection: Connection) throws(Failure)
    /// Puts `failure` in the place of what ``run(on:)`` did.
    func fail(_ failure: Failure)
    /// Hands the outcome to whoever waits. Once.
    func resume()
}

/// A write with a result.
final class Write<Value: Sendable>: WriteJob {
    typealias Body = @Sendable (Connection) throws(Failure) -> Value

    private let body: Body
    private let continuation: CheckedContinuation<Result<Value, Failure>, Never>
    private let outcome = Mutex<Result<Value, Failure>>(.failure(.unavailable("the write was not run")))

    let leavesAccountsOpen: Bool

    init(
        _ continuation: CheckedContinuation<Result<Value, Failure>, Never>, leavesAccountsOpen: Bool,
        _ body: @escaping Body
    ) {
        self.continuation = continuation
        self.leavesAccountsOpen = leavesAccountsOpen
        self.body = body
    }

    func run(on connection: Connection) throws(Failure) {
        let value = try body(connection)
        outcome.withLock { $0 = .success(value) }
    }

    func fail(_ failure: Failure) { outcome.withLock { $0 = .failure(failure) } }

    func resume() { continuation.resume(returning: outcome.withLock { $0 }) }
}

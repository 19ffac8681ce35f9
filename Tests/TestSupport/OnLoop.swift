internal import EventLoop
import Glibc

/// Runs `body` as a request's task runs: on the event loop, with the executor preference. Starts the loop's thread once.
package func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable @LoopActor () async throws -> Result
) async throws -> Result {
    _ = loopThread
    return try await Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in try await body() }.value
}

private let loopThread: pthread_t = {
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { _ in
            EventLoop.shared.run()
            return nil
        }, nil)
    return thread
}()

internal import CLinux

/// Where all of a Brook process's request work runs: a global actor whose executor is the process's one event loop.
///
/// Code isolated to it needs no locks, and must not block: no `fsync`, name look-up, file read or large JSON.
/// Such work goes through ``HelperPool``. Tasks are started with ``LoopActor/start(_:)``, which keeps their resumptions
/// on the loop too; otherwise each would pass through the global thread pool.
@globalActor
package final actor LoopActor {
    package static let shared = LoopActor()

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe EventLoop.shared.asUnownedSerialExecutor()
    }

    /// Starts a task on the loop. The closure runs in a later turn.
    @discardableResult
    package static func start<Result: Sendable>(
        _ body: @escaping @Sendable @LoopActor () async -> Result
    ) -> Task<Result, Never> {
        if EventLoop.shared.isGlobalExecutor { return Task(operation: body) }
        return Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in await body() }
    }

    /// Runs `body` at once when the caller is already on the loop's thread, as every callback of the loop is.
    ///
    /// Anything else is a mistake of ours and traps. The same idea as the standard library's `MainActor.assumeIsolated`.
    package static func assumeIsolated<Result>(_ body: @LoopActor () throws -> Result) rethrows -> Result {
        precondition(EventLoop.shared.isCurrent, "this code must run on the event loop")
        return try withoutActuallyEscaping(body) { escaping in
            try unsafe unsafeBitCast(escaping, to: (() throws -> Result).self)()
        }
    }

    /// Runs `body` on the loop: at once when the caller is on its thread, else in a later turn.
    package static func perform(_ body: @escaping @Sendable @LoopActor () -> Void) {
        if EventLoop.shared.isCurrent {
            assumeIsolated(body)
        } else {
            EventLoop.shared.post { assumeIsolated(body) }
        }
    }
}

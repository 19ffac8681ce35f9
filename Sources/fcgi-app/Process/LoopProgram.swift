internal import EventLoop

/// Runs one `async` job of a command on the event loop, on the calling thread, and ends the loop with it.
///
/// Stores are isolated to the loop, so even `brook key list` needs one.
enum LoopProgram {
    static func run(_ body: @escaping @Sendable @LoopActor () async throws(CommandFailure) -> Void) throws {
        EventLoop.shared.becomeGlobalExecutor()
        let outcome = Outcome()
        LoopActor.start {
            do throws(CommandFailure) { try await body() } catch { outcome.failure = error }
            EventLoop.shared.stop()
        }
        EventLoop.shared.run()
        if let failure = outcome.failure { throw failure }
    }

    /// Written on the loop; read on the same thread, after the loop has ended.
    private final class Outcome: @unchecked Sendable {
        var failure: CommandFailure?
    }
}

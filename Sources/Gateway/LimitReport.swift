package import Core
package import EventLoop

/// How a key stands with its limits a minute, known when its call is admitted or refused, which is before the first
/// piece of the answer.
@LoopActor
package final class LimitReport {
    /// Nil until then, and for a key without such limits.
    package var windows: LimitWindows?

    package nonisolated init() {}
}

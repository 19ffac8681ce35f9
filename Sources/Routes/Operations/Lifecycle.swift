package import EventLoop

/// Whether the process still takes new work.
@LoopActor
package final class Lifecycle {
    /// Set once, when the process begins to drain.
    package private(set) var isDraining = false

    package nonisolated init() {}

    package func beginDraining() { isDraining = true }
}

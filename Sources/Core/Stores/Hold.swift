internal import Synchronization

/// Money that is set aside while a call runs. Whoever lets go of it gives it back, so that no way in which a call may
/// end can forget it; a process that dies lets go of all of its holds.
package final class Hold: Sendable, Equatable {
    private let giveBack: @Sendable () -> Void
    private let isReleased = Atomic(false)

    package init(giveBack: @escaping @Sendable () -> Void) { self.giveBack = giveBack }

    deinit { release() }

    /// Gives the money back, the first time. From any thread.
    package func release() {
        if !isReleased.exchange(true, ordering: .relaxed) { giveBack() }
    }

    package static func == (left: Hold, right: Hold) -> Bool { left === right }
}

internal import Synchronization

/// What is set aside while a call runs: money, tokens, and its place among the key's calls. Whoever lets go of it gives
/// it back, so that no way in which a call may end can forget it; a process that dies lets go of all of its holds.
package final class Hold: Sendable, Equatable {
    /// What the call came to, for the key's limits a minute.
    package struct Use: Sendable, Equatable {
        /// Of prompt and answer.
        package var tokens: Int
        package var isRequest: Bool

        package init(tokens: Int, isRequest: Bool) {
            self.tokens = tokens
            self.isRequest = isRequest
        }
    }

    /// The money of a hold that storage can change; it does so under a lock of its own.
    package final class Amount: Sendable {
        /// Where storage keeps the key's holds.
        package let place: Int
        private let nanodollars: Atomic<Int64>

        package init(_ money: Money, place: Int) {
            self.place = place
            nanodollars = Atomic(money.nanodollars)
        }

        package var money: Money {
            get { Money(nanodollars: nanodollars.load(ordering: .relaxed)) }
            set { nanodollars.store(newValue.nanodollars, ordering: .relaxed) }
        }
    }

    /// Nil for a hold that cannot be changed.
    package let amount: Amount?
    /// How the key stands with the call among the others; nil without limits a minute.
    package let windows: LimitWindows?
    private let giveBack: @Sendable (Use, _ charged: Money?) -> Void
    private let isReleased = Atomic(false)
    private let tokens = Atomic(0)
    private let isRequest = Atomic(true)

    package init(
        windows: LimitWindows? = nil, amount: Amount? = nil,
        giveBack: @escaping @Sendable (Use, _ charged: Money?) -> Void
    ) {
        self.windows = windows
        self.amount = amount
        self.giveBack = giveBack
    }

    deinit { release() }

    /// Says what the call came to, before it is released. Unless somebody does it is a request without tokens.
    package func note(_ use: Use) {
        tokens.store(use.tokens, ordering: .relaxed)
        isRequest.store(use.isRequest, ordering: .relaxed)
    }

    /// Gives back what is held, the first time; answers whether this is it. From any thread.
    ///
    /// - Parameter fee: what the call's key was charged by now; nil where nothing was, or where nobody knows.
    @discardableResult
    package func release(charged fee: Money? = nil) -> Bool {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        let use = Use(tokens: tokens.load(ordering: .relaxed), isRequest: isRequest.load(ordering: .relaxed))
        giveBack(use, fee)
        return true
    }

    package static func == (left: Hold, right: Hold) -> Bool { left === right }
}

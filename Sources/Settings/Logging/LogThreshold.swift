package import Logging
internal import Synchronization

/// The least severe level that is logged, for every logger of the process at once, so that a reload can change it.
package final class LogThreshold: Sendable {
    private let rank: Atomic<Int>

    package init(_ level: Logger.Level) { rank = Atomic(Self.rank(of: level)) }

    package var level: Logger.Level {
        get { Logger.Level.allCases[rank.load(ordering: .relaxed)] }
        set { rank.store(Self.rank(of: newValue), ordering: .relaxed) }
    }

    private static func rank(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }
}

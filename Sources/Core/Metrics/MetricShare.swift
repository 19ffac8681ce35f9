/// How much of what all workers have under way is this worker's.
package struct MetricShare: Sendable, Equatable {
    package let own: Int
    package let all: Int
    package let workers: Int

    package init(own: Int, all: Int, workers: Int) {
        self.own = own
        self.all = all
        self.workers = workers
    }

    /// Whether it is more than an even share by an eighth and by 8: small differences are chance.
    package var isLarge: Bool {
        guard workers > 1 else { return false }
        let even = all / workers
        return own > even + max(8, even / 8)
    }
}

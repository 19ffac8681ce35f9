/// When a failed attempt is followed by another. Docs: adr/0016.
package struct RetryPolicy: Sendable {
    /// Further attempts at one model whose configuration does not say.
    package var maxRetries = 2
    /// The longest pause before the first further attempt at a place that failed; doubled for each one more.
    package var base = Duration.milliseconds(200)
    package var longestPause = Duration.seconds(5)
    /// A provider that asks for a longer wait is not waited for.
    package var longestRetryAfter = Duration.seconds(10)
    /// From admission to the end of the answer, where the model's configuration does not say.
    package var totalTime = Duration.seconds(1800)

    package init() {}

    /// How long to wait before the place is asked again: what the provider asks for, and on top of it a random part of
    /// the backoff ("full jitter"), so that those who failed together do not come back together. Nil: do not wait.
    ///
    /// - Parameters:
    ///   - retry: counted from 0.
    ///   - asked: what is left of the time that the provider asks for.
    ///   - fraction: random, from 0 to 1.
    func pause(retry: Int, asked: Duration, fraction: Double) -> Duration? {
        guard asked <= longestRetryAfter else { return nil }
        let backoff = min(base * (1 << min(max(retry, 0), 16)), longestPause)
        return asked + backoff * min(max(fraction, 0), 1)
    }
}

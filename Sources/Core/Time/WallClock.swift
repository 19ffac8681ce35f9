/// Tells the time of day. Policy takes one, so that tests can turn a month.
package protocol WallClock: Sendable {
    var now: Timestamp { get }
}

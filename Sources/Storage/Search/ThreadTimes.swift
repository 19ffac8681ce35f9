internal import Core

/// Which numbers the threads of a time have, found by halving.
///
/// A thread's time is read before its commit decides on its number, and clocks are set: so the answers leave a minute of
/// room, within which the times themselves are to be compared.
enum ThreadTimes {
    /// Numbers around the first thread of a time.
    struct Boundary {
        /// All threads with a lower number are of before the time.
        let low: Int64
        /// All threads with this number or a higher one are of the time or later.
        let high: Int64
    }

    private static let room: Int64 = 60

    private static let next = SQL("SELECT created_at FROM threads WHERE id >= ? ORDER BY id LIMIT 1")

    static func boundary(at time: Timestamp, on connection: Connection) throws(Failure) -> Boundary {
        Boundary(
            low: try firstNumber(since: time.adding(seconds: -room), on: connection),
            high: try firstNumber(since: time.adding(seconds: room), on: connection))
    }

    private static func firstNumber(since time: Timestamp, on connection: Connection) throws(Failure) -> Int64 {
        var low: Int64 = 1
        var high: Int64 = 1
        try connection.forEach(SearchIndex.ends, []) { row in
            high = row.integer() + 1
            low = row.integer()
            return false
        }
        while low < high {
            let middle = low + (high - low) / 2
            let found = try connection.first(next, middle) { $0.time() }
            if let found, found < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

internal import Core

/// Which numbers the threads of a time have, found by halving.
///
/// A thread's time is read before its commit decides on its number, and clocks are set: so the answers leave an hour of
/// room, and whoever asks compares the times themselves.
enum ThreadTimes {
    private static let room: Int64 = 3600

    private static let next = SQL("SELECT created_at FROM threads WHERE id >= ? ORDER BY id LIMIT 1")

    /// No thread with a lower number is of `time` or later.
    static func first(since time: Timestamp, on connection: Connection) throws(Failure) -> Int64 {
        try firstNumber(since: time.adding(seconds: -room), on: connection)
    }

    /// No thread with a higher number is of before `time`.
    static func last(before time: Timestamp, on connection: Connection) throws(Failure) -> Int64 {
        try firstNumber(since: time.adding(seconds: room), on: connection) - 1
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

internal import Core

/// The fees of all keys in a month: of calls that were admitted in it, whenever they ended.
enum MonthFees {
    private static let ofKeys = SQL("SELECT fee FROM key_months WHERE month = ?")
    /// Those of deleted keys, whose months are gone with them. By time first, and by key from the index alone, so that
    /// few rows are read for their month.
    private static let ofDeletedKeys = SQL(
        """
        SELECT fee FROM threads INDEXED BY threads_usage
        WHERE created_at >= ? AND key_id NOT IN (SELECT id FROM api_keys) AND month = ?
        """)
    /// A call's row has the time of its end, which the clock may have been set back to.
    private static let room: Int64 = 2 * 86_400

    /// - Parameter time: a moment of the month.
    static func sum(at time: Timestamp, on connection: Connection) throws(Failure) -> Money {
        var sum = Money.zero
        try connection.forEach(ofKeys, [time.month]) { row in
            sum = sum + row.money()
            return true
        }
        let date = time.date
        let first = CivilDate(year: date.year, month: date.month, day: 1) ?? date
        let begin = Timestamp(milliseconds: Int64(first.daysSinceEpoch) * 86_400_000).adding(seconds: -room)
        try connection.forEach(ofDeletedKeys, [begin, time.month]) { row in
            sum = sum + row.money()
            return true
        }
        return sum
    }
}

/// A moment in UTC, in milliseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Sendable, Hashable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    package var seconds: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }

    package func adding(seconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + seconds * 1000) }

    /// Year, month 1-12 and day 1-31 of the proleptic Gregorian calendar.
    package var date: CivilDate { CivilDate(daysSinceEpoch: Int((Double(seconds) / 86_400).rounded(.down))) }

    /// `2026-11-21T08:34:59.123Z` (RFC 3339).
    package var iso8601: String {
        let date = date
        let day = Int(seconds) - date.daysSinceEpoch * 86_400
        let clock = "\(pad(day / 3600, 2)):\(pad(day / 60 % 60, 2)):\(pad(day % 60, 2))"
        let fraction = pad(Int(milliseconds - seconds * 1000), 3)
        return "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))T\(clock).\(fraction)Z"
    }

    private func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The UTC calendar month that bills what is admitted now.
    package var month: BillingMonth { BillingMonth(year: date.year, month: date.month) }
}

/// A UTC calendar month as the ledger names it: `2026-11`. The text sorts in time's order.
package struct BillingMonth: Sendable, Hashable {
    package let text: String

    package init(text: String) { self.text = text }

    package init(year: Int, month: Int) {
        text = "\(year)-\(month < 10 ? "0" : "")\(month)"
    }
}

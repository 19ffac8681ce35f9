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
        // Bytes, not pieces of text: each record and each signature has a time.
        var text: [UInt8] = []
        text.reserveCapacity(24)
        Self.append(date.year, to: &text, digits: 4)
        Self.append(date.month, to: &text, after: "-")
        Self.append(date.day, to: &text, after: "-")
        Self.append(day / 3600, to: &text, after: "T")
        Self.append(day / 60 % 60, to: &text, after: ":")
        Self.append(day % 60, to: &text, after: ":")
        Self.append(Int(milliseconds - seconds * 1000), to: &text, after: ".", digits: 3)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(
        _ number: Int, to text: inout [UInt8], after separator: Unicode.Scalar? = nil, digits: Int = 2
    ) {
        if let separator { text.append(UInt8(ascii: separator)) }
        var place = 1
        for _ in 1..<digits { place *= 10 }
        guard number >= 0, number / place < 10 else {
            text += String(number).utf8
            return
        }
        while place > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / place % 10))
            place /= 10
        }
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

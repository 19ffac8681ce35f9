import Testing

@testable import Core

@Suite("Timestamps and dates")
struct TimestampTests {
    @Test(
        "a moment prints as RFC 3339 in UTC and reads back",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (1_709_251_200_000, "2024-03-01T00:00:00.000Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_795_250_099_123, "2026-11-21T08:34:59.123Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func printing(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "reads every form that RFC 3339 allows, and bare dates",
        arguments: [
            ("2026-11-21", "2026-11-21T00:00:00.000Z"), ("2026-11-21T08:34:59Z", "2026-11-21T08:34:59.000Z"),
            ("2026-11-21t08:34:59z", "2026-11-21T08:34:59.000Z"), ("2026-11-21 08:34:59Z", "2026-11-21T08:34:59.000Z"),
            ("2026-11-21T08:34:59.1Z", "2026-11-21T08:34:59.100Z"),
            ("2026-11-21T08:34:59.123456789Z", "2026-11-21T08:34:59.123Z"),
            ("2026-11-21T08:34:59+08:00", "2026-11-21T00:34:59.000Z"),
            ("2026-11-21T20:00:00-05:30", "2026-11-22T01:30:00.000Z"),
            ("2026-01-01T00:00:00+00:01", "2025-12-31T23:59:00.000Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ])
    func reading(_ text: String, _ expected: String) {
        #expect(Timestamp(iso8601: text)?.iso8601 == expected)
    }

    @Test(
        "refuses what is no date or time",
        arguments: [
            "", "2026", "2026-11", "2026-1-1", "2026-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-01",
            "2026-01-00", "2026-01-32", "2026-11-21T", "2026-11-21T08:34:59", "2026-11-21T24:00:00Z",
            "2026-11-21T08:60:00Z",
            "2026-11-21T08:34:61Z", "2026-11-21T08:34Z", "2026-11-21T08:34:59.Z", "2026-11-21T08:34:59Zx",
            "2026-11-21T08:34:59+08", "2026-11-21T08:34:59+24:00", "2026-11-21T08:34:59+08:60", "2026/11/21",
            "+026-11-21",
            "-001-01-01", "２026-11-21", "2026-11-21 ", " 2026-11-21",
        ])
    func refusing(_ text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("every day of 800 years reads back from its number, and days follow one another")
    func allDays() throws {
        var day = try #require(CivilDate(year: 1600, month: 1, day: 1)).daysSinceEpoch
        var previous = CivilDate(daysSinceEpoch: day - 1)
        while previous.year < 2400 {
            let date = CivilDate(daysSinceEpoch: day)
            guard date.daysSinceEpoch == day, CivilDate(year: date.year, month: date.month, day: date.day) == date,
                follows(date, previous)
            else {
                Issue.record("day \(day) is \(date) after \(previous)")
                return
            }
            previous = date
            day += 1
        }
    }

    private func follows(_ date: CivilDate, _ previous: CivilDate) -> Bool {
        if date.day > 1 {
            return (date.year, date.month, date.day - 1) == (previous.year, previous.month, previous.day)
        }
        if date.month > 1 {
            return (date.year, date.month - 1) == (previous.year, previous.month) && previous.day >= 28
        }
        return (date.year - 1, 12, 31) == (previous.year, previous.month, previous.day)
    }

    @Test(
        "the billing month turns at midnight UTC",
        arguments: [
            ("2026-11-30T23:59:59.999Z", "2026-11"), ("2026-12-01T00:00:00Z", "2026-12"),
            ("2026-12-31T23:59:59.999Z", "2026-12"),
            ("2027-01-01T00:00:00Z", "2027-01"), ("2028-02-29T23:59:59.999Z", "2028-02"),
            ("2028-03-01T00:00:00Z", "2028-03"),
            ("2027-01-01T07:59:59+08:00", "2026-12"),
        ])
    func months(_ text: String, _ month: String) throws {
        #expect(try #require(Timestamp(iso8601: text)).month.text == month)
    }
}

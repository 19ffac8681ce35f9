/// For how many days records of calls are kept, and the texts in them. 0: for ever.
package struct RetentionPolicy: Sendable, Equatable {
    package var textDays: Int
    package var recordDays: Int

    package init(textDays: Int = 0, recordDays: Int = 0) {
        self.textDays = textDays
        self.recordDays = recordDays
    }

    package var keepsEverything: Bool { textDays == 0 && recordDays == 0 }

    /// Texts of calls that ended before this go; nil when none do.
    package func textsEnd(at now: Timestamp) -> Timestamp? { Self.end(textDays, now) }

    /// Records of calls that ended before this go; nil when none do. Those of the UTC month and of the month before stay
    /// whatever is set, because bills are made of them.
    package func recordsEnd(at now: Timestamp) -> Timestamp? {
        Self.end(recordDays, now).map { min($0, Self.beginOfMonthBefore(now)) }
    }

    private static func end(_ days: Int, _ now: Timestamp) -> Timestamp? {
        days > 0 ? now.adding(seconds: -Int64(days) * 86_400) : nil
    }

    private static func beginOfMonthBefore(_ now: Timestamp) -> Timestamp {
        let date = now.date
        let lastOfMonthBefore = CivilDate(daysSinceEpoch: date.daysSinceEpoch - date.day)
        let first = lastOfMonthBefore.daysSinceEpoch - lastOfMonthBefore.day + 1
        return Timestamp(milliseconds: Int64(first) * 86_400_000)
    }
}

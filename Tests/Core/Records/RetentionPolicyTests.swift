import Testing

@testable import Core

@Suite("A policy of retention")
struct RetentionPolicyTests {
    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    @Test("removes nothing where 0 is set")
    func forever() throws {
        let now = try time("2026-11-21T08:00:00Z")
        let policy = RetentionPolicy()
        #expect(policy.keepsEverything && policy.textsEnd(at: now) == nil && policy.recordsEnd(at: now) == nil)
        #expect(!RetentionPolicy(textDays: 1).keepsEverything && !RetentionPolicy(recordDays: 1).keepsEverything)
        #expect(RetentionPolicy(textDays: 1).recordsEnd(at: now) == nil)
        #expect(RetentionPolicy(recordDays: 1).textsEnd(at: now) == nil)
    }

    @Test("counts the days of texts from now")
    func texts() throws {
        let now = try time("2026-11-21T08:00:00.123Z")
        #expect(try RetentionPolicy(textDays: 30).textsEnd(at: now) == time("2026-10-22T08:00:00.123Z"))
    }

    @Test(
        "keeps the records of this month and of the one before",
        arguments: [
            ("2026-11-21T08:00:00Z", 1, "2026-10-01T00:00:00Z"), ("2026-11-01T00:00:00Z", 1, "2026-10-01T00:00:00Z"),
            ("2026-10-31T23:59:59.999Z", 1, "2026-09-01T00:00:00Z"),
            ("2026-01-05T08:00:00Z", 10, "2025-12-01T00:00:00Z"),
            ("2028-03-31T08:00:00Z", 30, "2028-02-01T00:00:00Z"), ("2026-11-21T08:00:00Z", 90, "2026-08-23T08:00:00Z"),
        ])
    func records(now: String, days: Int, end: String) throws {
        #expect(try RetentionPolicy(recordDays: days).recordsEnd(at: time(now)) == time(end))
    }
}

internal import Core

/// A value as SQLite stores it.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// Something that can stand for a `?` of a statement.
protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    var sqlValue: SQLValue { self }
}

extension Int64: SQLBindable {
    var sqlValue: SQLValue { .integer(self) }
}

extension Int: SQLBindable {
    var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Bool: SQLBindable {
    /// 0 or 1: neither STRICT tables nor their PostgreSQL twins (`SMALLINT`) need another type for it.
    var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension String: SQLBindable {
    var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLBindable {
    var sqlValue: SQLValue { .blob(self) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

extension Money: SQLBindable {
    var sqlValue: SQLValue { .integer(nanodollars) }
}

extension Timestamp: SQLBindable {
    var sqlValue: SQLValue { .integer(milliseconds) }
}

extension BillingMonth: SQLBindable {
    var sqlValue: SQLValue { .text(text) }
}

extension RowID {
    var sqlValue: SQLValue { .integer(rawValue) }
}

extension KeyID: SQLBindable {}
extension GroupID: SQLBindable {}
extension ModelID: SQLBindable {}
extension SessionID: SQLBindable {}
extension ThreadID: SQLBindable {}
extension WebhookID: SQLBindable {}
extension BotEventID: SQLBindable {}

/// What SQLite answered to a call that failed.
///
/// Carries the extended result code (https://www.sqlite.org/rescode.html) and SQLite's own words, which name tables and
/// columns but never the values that were bound.
struct SQLiteError: Error, Equatable, CustomStringConvertible {
    let code: CInt
    let message: String
    /// What was attempted, such as `open` or the first words of the statement.
    let operation: String

    var primaryCode: CInt { code & 0xff }

    var description: String { "SQLite: \(operation): \(message) (code \(code))" }
}

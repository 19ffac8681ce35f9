internal import Core

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

/// Why work on the database did not succeed: the one error that travels inside this module.
enum Failure: Error, Equatable {
    /// The database could not do it.
    case engine(SQLiteError)
    /// The rules say no; the database is well.
    case refused(StorageError)

    /// How callers outside the module see it.
    var storageError: StorageError {
        switch self {
        case .engine(let error): .unavailable(error.description)
        case .refused(let error): error
        }
    }

    static func unavailable(_ reason: String) -> Failure { .refused(.unavailable(reason)) }
}

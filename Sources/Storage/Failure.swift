internal import Core

/// Why work on the database did not succeed: the one error that travels inside this module.
enum Failure: Error, Equatable {
    /// The database could not do it.
    case engine(SQLiteError)
    /// The rules say no; the database is well.
    case refused(StorageError)
    /// A check of the whole database has found this.
    case damaged(String)

    /// How callers outside the module see it.
    var storageError: StorageError {
        switch self {
        case .engine(let error): .unavailable(error.description)
        case .refused(let error): error
        case .damaged(let finding): .unavailable("it is damaged: \(finding)")
        }
    }

    static func unavailable(_ reason: String) -> Failure { .refused(.unavailable(reason)) }
}

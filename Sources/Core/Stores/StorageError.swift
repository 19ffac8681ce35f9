/// What a store cannot do.
package enum StorageError: Error, Sendable, Equatable {
    /// The database cannot be read or written now. The text is for the log: no SQL arguments.
    case unavailable(String)
    /// No row of that number (`key`, `model`, `group`, …).
    case notFound(String)
    /// Another row has this value already, or the row changed meanwhile. `field` is the interface's name.
    case conflict(field: String, message: String)
    /// A field names a row that does not exist.
    case unknownReference(field: String)
}

/// Looks for damage in a database that may be in use.
package enum DatabaseIntegrity {
    /// Reads every page of the database, on a connection that cannot write. Blocks; about a second for a gigabyte that is
    /// in the page cache.
    package static func check(database path: String) throws(StorageOpenError) {
        do throws(Failure) {
            let connection = try InspectedDatabase.open(path)
            try DatabaseCopy.check(connection, "PRAGMA quick_check(1)")
        } catch {
            throw InspectedDatabase.openError(error, path)
        }
    }
}

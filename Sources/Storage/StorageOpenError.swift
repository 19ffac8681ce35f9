/// Why the database cannot be opened, for whoever starts the program: each text names the path and the remedy.
package enum StorageOpenError: Error, Sendable, Equatable, CustomStringConvertible {
    case missingFolder(database: String, folder: String)
    case notWritable(path: String, reason: String)
    case notADatabase(path: String)
    case newerSchema(path: String, found: Int, supported: Int)
    case secretKeyMode(path: String, mode: String)
    case secretKeyUnreadable(path: String, reason: String)
    case secretKeyMalformed(path: String)
    case secretKeyMissing(path: String, database: String)
    case secretKeyMismatch(path: String, database: String)
    case missing(path: String)
    case noCopy(path: String, copy: String, reason: String)
    case failed(path: String, reason: String)

    package var description: String {
        switch self {
        case .missingFolder(let database, let folder):
            "The database \(database) cannot be made: there is no folder \(folder). Create it, owned by the user that "
                + "runs brook, or change the setting of the database's path."
        case .notWritable(let path, let reason):
            "\(path) cannot be written (\(reason)). Give the user that runs brook write access to it and to its folder."
        case .notADatabase(let path):
            "\(path) is not a database of brook's. Move it away, or name another path; a damaged database is restored "
                + "from a backup."
        case .newerSchema(let path, let found, let supported):
            "The database \(path) was made by a newer brook (schema \(found), this program knows \(supported)). Start "
                + "that version, or restore a backup from before the upgrade."
        case .secretKeyMode(let path, let mode):
            "The key file \(path) may be read by others (mode \(mode)). Run: chmod 600 '\(path)'"
        case .secretKeyUnreadable(let path, let reason):
            "The key file \(path) cannot be read or made (\(reason)). Give the user that runs brook access to it and "
                + "to its folder."
        case .secretKeyMalformed(let path):
            "\(path) is not a key file of brook's (64 hexadecimal digits). Restore it from a backup."
        case .secretKeyMissing(let path, let database):
            "The key file \(path) is missing, and \(database) has secrets that only it can open. Restore it from a "
                + "backup."
        case .secretKeyMismatch(let path, let database):
            "The key file \(path) is not the one that the secrets in \(database) were sealed with. Restore the one "
                + "that belongs to this database."
        case .missing(let path):
            "There is no database \(path). Check the settings `state_dir` and `database`."
        case .noCopy(let path, let copy, let reason):
            "The database \(path) has to be brought to a newer schema, and its copy \(copy) cannot be kept (\(reason)). "
                + "Make room for it and give the user that runs brook write access to the folder, then start again."
        case .failed(let path, let reason):
            "The database \(path) cannot be opened: \(reason). Check the disk and the file, then start again."
        }
    }
}

internal import CSQLite
internal import Core
internal import EventLoop
internal import Glibc

/// Why a backup was not made or not restored, for whoever asked for it: each text names the file and the remedy. What
/// was there before is as it was.
package enum BackupError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(path: String)
    case exists(path: String)
    case isDatabase(path: String)
    case file(path: String, reason: String)
    case full(path: String)
    case damaged(path: String, finding: String)
    case noChecksum(path: String)
    case wrongChecksum(path: String, expected: String, found: String)
    case foreign(path: String)
    case newerSchema(path: String, found: Int, supported: Int)
    case inUse(database: String, processes: Int)
    case differentSecretKey(path: String, restored: String)
    case engine(path: String, reason: String)

    package var description: String {
        switch self {
        case .missing(let path): "There is no file \(path). Check the path and the settings."
        case .exists(let path): "\(path) exists already. Name another file, or replace it with --force."
        case .isDatabase(let path): "\(path) is the database itself. Name another file."
        case .file(let path, let reason):
            "\(path) cannot be read or made (\(reason)). Check that the folder exists and that you may use it."
        case .full(let path): "There is not enough room for \(path). Make room, or name a file on another disk."
        case .damaged(let path, let finding): "\(path) is damaged (\(finding)). Use an older backup."
        case .noChecksum(let path):
            "\(path).sha256 is missing or holds no checksum, so nobody can say whether \(path) is whole. Bring it along; "
                + "if you trust the file: sha256sum '\(path)' > '\(path).sha256'"
        case .wrongChecksum(let path, let expected, let found):
            "\(path) is not the file that was backed up: its SHA-256 is \(found), \(path).sha256 says \(expected). Fetch "
                + "both again, or use another backup."
        case .foreign(let path): "\(path) is not a database of brook's. Name a file that `brook backup` made."
        case .newerSchema(let path, let found, let supported):
            "\(path) was made by a newer brook (schema \(found), this program knows \(supported)). Restore it with that "
                + "version."
        case .inUse(let database, let processes):
            "\(processes) process\(processes == 1 ? " has" : "es have") \(database) open. Stop the workers first; with "
                + "--force their calls of this moment may be lost."
        case .differentSecretKey(let path, let restored):
            "\(path) is another key file than \(restored). Move it away, or restore without --with-secret-key."
        case .engine(let path, let reason): "\(path): \(reason). Check the disk and the file, then try again."
        }
    }

    init(_ error: SystemCallError, _ path: String) {
        switch error.code {
        case EEXIST: self = .exists(path: path)
        case ENOSPC, EDQUOT, EFBIG: self = .full(path: path)
        default: self = .file(path: path, reason: error.description)
        }
    }

    init(_ failure: Failure, _ path: String) {
        switch failure {
        case .damaged(let finding): self = .damaged(path: path, finding: finding)
        case .refused(.unavailable(let reason)): self = .engine(path: path, reason: reason)
        case .refused(let error): self = .engine(path: path, reason: "\(error)")
        case .engine(let error):
            switch error.primaryCode {
            case SQLITE_NOTADB: self = .foreign(path: path)
            case SQLITE_CORRUPT: self = .damaged(path: path, finding: error.message)
            case SQLITE_FULL: self = .full(path: path)
            default: self = .engine(path: path, reason: error.description)
            }
        }
    }
}

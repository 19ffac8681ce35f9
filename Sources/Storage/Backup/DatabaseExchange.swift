internal import CLinux
internal import Core
internal import EventLoop
internal import Glibc

/// Has another file take the place of a database, and keeps the old one.
struct DatabaseExchange {
    let database: String
    let kept: String

    /// `brook.db.before-restore-20261121T083459Z`.
    init(database: String, at time: Timestamp) {
        self.database = database
        let second = time.iso8601.prefix(19).filter { $0 != "-" && $0 != ":" }
        kept = "\(database).before-restore-\(second)Z"
    }

    /// Answers where the old database is, if there was one.
    ///
    /// In every moment at least one of the two paths has a whole database. A log belongs to the file that it was written
    /// for; left beside another, SQLite would copy it into that. So the old log is kept under the old file's new name, and
    /// is off its path before the new file is on it (https://www.sqlite.org/howtocorrupt.html, 1.4).
    func run(_ draft: Draft) throws(BackupError) -> String? {
        let lock = WriteLock(database: database)
        let result: Result<String?, BackupError>
        do throws(Failure) {
            result = try lock.holding { () throws(Failure) in
                do throws(SystemCallError) { return .success(try exchange(draft)) } catch {
                    return .failure(.file(path: kept, reason: error.description))
                }
            }
        } catch { throw BackupError(error, database) }
        return try result.get()
    }

    private func exchange(_ draft: Draft) throws(SystemCallError) -> String? {
        let folder = SmallFile.folder(of: database)
        let hadDatabase = BackupFiles.exists(database)
        try Self.handToOwner(of: hadDatabase ? database : folder, draft.path)
        try Self.handToOwner(of: hadDatabase ? database : folder, database + ".lock")
        for suffix in ["", "-wal", "-journal"] where BackupFiles.exists(database + suffix) {
            try systemCall("link") { unsafe link(database + suffix, kept + suffix) }
        }
        try SmallFile.syncFolder(of: database)
        for suffix in ["-wal", "-journal", "-shm"] { unsafe unlink(database + suffix) }
        try SmallFile.syncFolder(of: database)
        try draft.publish(.replace)
        return hadDatabase ? kept : nil
    }

    /// What root makes must belong to the user that brook runs as.
    static func handToOwner(of model: String, _ path: String) throws(SystemCallError) {
        guard geteuid() == 0 else { return }
        let owner = try FileIdentity(path: model)
        try systemCall("chown") { unsafe chown(path, owner.owner, owner.group) }
    }
}

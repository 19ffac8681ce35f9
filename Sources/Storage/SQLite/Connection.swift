internal import CSQLite
internal import Core

/// One connection to a SQLite database. Opened without SQLite's own mutexes, so each belongs to one thread at a time.
@safe final class Connection {
    /// What a connection is for; decides how it syncs and whether it may write.
    enum Purpose {
        /// Point look-ups on the event loop.
        case lookup
        /// Lists on the reader thread.
        case scan
        /// Statistics on another. What they sort grows with the records, so it goes into a temporary file once it is large:
        /// 61 MB for 1,000,000 calls otherwise.
        case sums
        /// The writer thread. One connection for every kind of write: with two, each commit of one would make the other
        /// read its pages anew. Its commits wait for no fsync; see ``Connection/syncLog()``.
        case writes
        /// Start-up and the command line; may make the file.
        case maintenance
        /// Commands that read beside a serving brook: SQLite itself refuses every write, and copies no log when it closes.
        case inspection
        /// A copy that is not in its place yet. Whoever puts it there syncs it as a whole.
        case draft

        var isReadOnly: Bool { self == .lookup || self == .scan || self == .sums || self == .inspection }

        /// How long SQLite waits for a lock that a foreign program holds, in milliseconds. Brook's own writers queue on a
        /// file lock before; readers wait only while a crashed writer's log is recovered.
        var busyTimeout: CInt { self == .lookup ? 100 : 5000 }

        /// The writer syncs the log itself, after it has let go of the lock that other processes wait for.
        private var synchronous: String {
            switch self {
            case .writes: "NORMAL"
            case .draft: "OFF"
            case .lookup, .scan, .sums, .maintenance, .inspection: "FULL"
            }
        }

        var openFlags: CInt {
            switch self {
            case .maintenance: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .inspection: SQLITE_OPEN_READONLY
            case .lookup, .scan, .sums, .writes, .draft: SQLITE_OPEN_READWRITE
            }
        }

        var pragmas: String {
            """
            PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA synchronous = \(synchronous);
            PRAGMA temp_store = \(self == .sums ? "FILE" : "MEMORY"); PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;
            PRAGMA query_only = \(isReadOnly ? "ON" : "OFF");
            """
        }
    }

    /// A statement with the text that it is kept under: an identity is only good while its object lives.
    private struct Kept {
        let sql: SQL
        let statement: Statement
    }

    /// Connections are never shared between threads, and nobody asks SQLite for its memory statistics, so it needs
    /// neither lock. Without effect where something in the process has used SQLite before.
    private static let library: CInt = brook_sqlite_configure()

    private let handle: OpaquePointer
    private var statements: [ObjectIdentifier: Kept] = [:]
    /// An error that says the file, not the request, is the trouble: the connection is to be replaced.
    private(set) var isBroken = false
    /// What the calls that end in the running transaction are charged to. See ``writeAccounts()``.
    var accounts = OpenAccounts()
    /// Pages in the write-ahead log after the last commit of this connection.
    private(set) var logPages = 0

    init(path: String, for purpose: Purpose) throws(Failure) {
        _ = Self.library
        var handle: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &handle, purpose.openFlags | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle = unsafe handle else {
            throw .engine(SQLiteError(code: code, message: "out of memory", operation: "open"))
        }
        unsafe self.handle = handle
        // From here on `deinit` closes the handle, also when this initializer throws.
        guard code == SQLITE_OK else { throw unsafe .engine(Self.error(of: handle, code: code, operation: "open")) }
        unsafe sqlite3_busy_timeout(handle, purpose.busyTimeout)
        _ = unsafe brook_sqlite_enable_extended_codes(handle)
        _ = unsafe brook_sqlite_set_defensive(handle)
        try execute(script: purpose.pragmas)
        watchLog()
    }

    deinit {
        statements.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    /// Calls `row` for each row of a kept statement until it answers false.
    func forEach(
        _ sql: SQL, _ arguments: [any SQLBindable], row: (inout Row) -> Bool
    ) throws(Failure) {
        let statement = try kept(sql)
        do throws(Failure) { try statement.run(arguments, row: row) } catch { throw noting(error) }
    }

    /// The same for a statement that is put together at run time.
    func forEach(
        text: String, _ arguments: [any SQLBindable], row: (inout Row) -> Bool
    ) throws(Failure) {
        do throws(Failure) {
            try unsafe Statement(text, on: handle, isKept: false).run(arguments, row: row)
        } catch { throw noting(error) }
    }

    /// Runs statements that take no arguments and whose rows nobody wants.
    func execute(script: String) throws(Failure) {
        let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
        if code != SQLITE_OK {
            throw noting(unsafe .engine(Self.error(of: handle, code: code, operation: String(script.prefix(40)))))
        }
    }

    var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Rows that the last statement changed.
    var changes: Int { Int(unsafe sqlite3_changes(handle)) }

    /// Rows that all statements have changed since the connection was opened, those of virtual tables among them.
    var totalChanges: Int { Int(unsafe sqlite3_total_changes(handle)) }

    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// Copies the log into the database file as far as readers allow; answers the pages that remain to be copied.
    func checkpoint() throws(Failure) -> Int {
        var inLog: CInt = 0
        var copied: CInt = 0
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &inLog, &copied)
        // Another process is at it already.
        if code & 0xff == SQLITE_BUSY { return logPages }
        guard code == SQLITE_OK else {
            throw noting(unsafe .engine(Self.error(of: handle, code: code, operation: "checkpoint")))
        }
        return Int(max(0, inLog - copied))
    }

    /// Syncs the write-ahead log to disk: what any process has committed into it is durable then, as `synchronous=FULL`
    /// makes it at each commit. Needs no lock, so other writers go on meanwhile.
    func syncLog() throws(Failure) {
        let code = unsafe brook_sqlite_sync_log(handle)
        if code != SQLITE_OK {
            throw noting(.engine(SQLiteError(code: code, message: "the log could not be synced", operation: "fsync")))
        }
    }

    /// Copies every page to the empty database of another connection (https://www.sqlite.org/backup.html). Inside a read
    /// transaction of this connection the copy is that one state, however much others write meanwhile.
    func copyPages(to destination: Connection) throws(Failure) {
        guard let backup = unsafe sqlite3_backup_init(destination.handle, "main", handle, "main") else {
            let code = unsafe sqlite3_errcode(destination.handle)
            throw unsafe .engine(Self.error(of: destination.handle, code: code, operation: "backup"))
        }
        var code = SQLITE_OK
        while code == SQLITE_OK { code = unsafe sqlite3_backup_step(backup, Self.pagesAtOnce) }
        // What went wrong on either side is told here, and noted with the destination.
        let end = unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE, end == SQLITE_OK else {
            throw unsafe .engine(
                Self.error(of: destination.handle, code: end == SQLITE_OK ? code : end, operation: "backup"))
        }
    }

    private static let pagesAtOnce: CInt = 1024

    private func kept(_ sql: SQL) throws(Failure) -> Statement {
        if let kept = statements[ObjectIdentifier(sql)] { return kept.statement }
        do throws(Failure) {
            let statement = try unsafe Statement(sql.text, on: handle, isKept: true)
            statements[ObjectIdentifier(sql)] = Kept(sql: sql, statement: statement)
            return statement
        } catch { throw noting(error) }
    }

    private func watchLog() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        // The hook ends with the handle, which this object closes: it never outlives the pointer it is given.
        _ = unsafe sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                guard let context = unsafe context else { return SQLITE_OK }
                unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().logPages = Int(pages)
                return SQLITE_OK
            }, context)
    }

    private func noting(_ failure: Failure) -> Failure {
        guard case .engine(let error) = failure else { return failure }
        switch error.primaryCode {
        case SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PROTOCOL,
            SQLITE_MISUSE, SQLITE_AUTH, SQLITE_PERM:
            isBroken = true
        default: break
        }
        return failure
    }

    static func error(of handle: OpaquePointer, code: CInt, operation: String) -> SQLiteError {
        // `code` is extended already where the connection is set so; before that, the handle knows it.
        let extended = unsafe sqlite3_extended_errcode(handle)
        let message = unsafe String(cString: sqlite3_errmsg(handle))
        return SQLiteError(
            code: extended & 0xff == code & 0xff ? extended : code, message: message, operation: operation)
    }
}

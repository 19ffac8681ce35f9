extension Connection {
    enum TransactionKind {
        /// Sees one state of the database throughout.
        case read
        /// Takes the write lock at once, so that it never has to be upgraded (which cannot wait).
        case write
    }

    private static let beginRead = SQL("BEGIN")
    private static let beginWrite = SQL("BEGIN IMMEDIATE")
    private static let commit = SQL("COMMIT")
    private static let rollback = SQL("ROLLBACK")
    private static let savepoint = SQL("SAVEPOINT job")
    private static let release = SQL("RELEASE job")
    private static let rollbackJob = SQL("ROLLBACK TO job")

    /// Runs `body` in a transaction; rolls back when it throws or the commit fails.
    func transaction<Value>(
        _ kind: TransactionKind, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try execute(kind == .read ? Self.beginRead : Self.beginWrite)
        do throws(Failure) {
            let value = try body()
            try writeAccounts()
            try execute(Self.commit)
            return value
        } catch {
            accounts = OpenAccounts()
            // Some errors (a full disk, for one) have rolled back already.
            if isInTransaction { try? execute(Self.rollback) }
            throw error
        }
    }

    /// Writes what calls were charged so far, for statements that look at it.
    func writeAccounts() throws(Failure) {
        if !accounts.isEmpty { try accounts.write(on: self) }
    }

    /// Runs one job of a transaction so that its error leaves what the others did.
    ///
    /// - Returns: what the job threw.
    /// - Throws: when the whole transaction is lost.
    func isolated(_ job: () throws(Failure) -> Void) throws(Failure) -> Failure? {
        try execute(Self.savepoint)
        do throws(Failure) {
            try job()
            try writeAccounts()
        } catch {
            accounts = OpenAccounts()
            guard isInTransaction else { throw error }
            try execute(Self.rollbackJob)
            try execute(Self.release)
            return error
        }
        try execute(Self.release)
        return nil
    }
}

internal import CSQLite

/// A prepared statement of one connection. Used on the connection's thread; does not outlive the connection.
@safe final class Statement {
    private let handle: OpaquePointer
    private let database: OpaquePointer
    private let text: String

    /// - Parameter isKept: tells SQLite that the statement will be used many times.
    init(_ text: String, on database: OpaquePointer, isKept: Bool) throws(Failure) {
        var handle: OpaquePointer?
        var text = text
        let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = text.withUTF8 { utf8 in
            unsafe utf8.withMemoryRebound(to: CChar.self) { characters in
                unsafe sqlite3_prepare_v3(
                    database, characters.baseAddress, CInt(characters.count), flags, &handle, nil)
            }
        }
        guard code == SQLITE_OK, let handle = unsafe handle else {
            throw unsafe .engine(Connection.error(of: database, code: code, operation: Self.summary(of: text)))
        }
        unsafe self.handle = handle
        unsafe self.database = database
        self.text = text
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Binds the arguments, calls `row` for each row until it answers false, and makes the statement ready for its next use.
    func run(_ arguments: [any SQLBindable], row: (inout Row) -> Bool) throws(Failure) {
        defer {
            unsafe sqlite3_reset(handle)
            // Lets go of copied texts, which may be whole prompts.
            unsafe sqlite3_clear_bindings(handle)
        }
        precondition(
            unsafe sqlite3_bind_parameter_count(handle) == arguments.count, "wrong number of arguments for a statement")
        for (index, argument) in arguments.enumerated() {
            try check(bind(argument.sqlValue, at: CInt(index + 1)))
        }
        while true {
            let code = unsafe sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            var current = unsafe Row(handle)
            guard row(&current) else { return }
        }
    }

    private func bind(_ value: SQLValue, at index: CInt) -> CInt {
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
        case .text(var text):
            return text.withUTF8 { utf8 in
                unsafe utf8.withMemoryRebound(to: CChar.self) { characters in
                    // A null pointer would bind NULL; an empty string has no address of its own.
                    guard let start = characters.baseAddress, characters.count > 0 else {
                        return unsafe sqlite3_bind_text(handle, index, "", 0, brook_sqlite_transient())
                    }
                    return unsafe sqlite3_bind_text64(
                        handle, index, start, UInt64(characters.count), brook_sqlite_transient(), UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            return unsafe bytes.withUnsafeBytes { buffer in
                guard let start = buffer.baseAddress, buffer.count > 0 else {
                    return unsafe sqlite3_bind_zeroblob(handle, index, 0)
                }
                return unsafe sqlite3_bind_blob64(
                    handle, index, start, UInt64(buffer.count), brook_sqlite_transient())
            }
        }
    }

    private func check(_ code: CInt) throws(Failure) {
        if code != SQLITE_OK { throw failure(code) }
    }

    private func failure(_ code: CInt) -> Failure {
        unsafe .engine(Connection.error(of: database, code: code, operation: Self.summary(of: text)))
    }

    /// The first words, enough to find the statement in the source.
    private static func summary(of text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).prefix(4).joined(separator: " ")
    }
}

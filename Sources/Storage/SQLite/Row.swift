internal import CSQLite
internal import Core

/// The current row of a statement, read column by column from the left, in the order that the statement names them.
///
/// Valid only inside the closure that receives it.
@safe struct Row {
    private let handle: OpaquePointer
    private var column: CInt = 0

    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    private mutating func next() -> CInt {
        defer { column += 1 }
        return column
    }

    mutating func skip() { column += 1 }

    mutating func integer() -> Int64 { unsafe sqlite3_column_int64(handle, next()) }

    mutating func optionalInteger() -> Int64? {
        let column = next()
        guard unsafe sqlite3_column_type(handle, column) != SQLITE_NULL else { return nil }
        return unsafe sqlite3_column_int64(handle, column)
    }

    mutating func text() -> String { optionalText() ?? "" }

    mutating func optionalText() -> String? {
        let column = next()
        // Length after content, as https://www.sqlite.org/c3ref/column_blob.html demands.
        guard let start = unsafe sqlite3_column_text(handle, column) else { return nil }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    mutating func blob() -> [UInt8] {
        let column = next()
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }
}

extension Row {
    mutating func int() -> Int { Int(integer()) }
    mutating func optionalInt() -> Int? { optionalInteger().map { Int($0) } }
    mutating func bool() -> Bool { integer() != 0 }
    mutating func money() -> Money { Money(nanodollars: integer()) }
    mutating func optionalMoney() -> Money? { optionalInteger().map { Money(nanodollars: $0) } }
    mutating func time() -> Timestamp { Timestamp(milliseconds: integer()) }
    mutating func optionalTime() -> Timestamp? { optionalInteger().map { Timestamp(milliseconds: $0) } }
    mutating func id<ID: RowID>(_ type: ID.Type = ID.self) -> ID { ID(rawValue: integer()) }
    mutating func optionalID<ID: RowID>(_ type: ID.Type = ID.self) -> ID? {
        optionalInteger().map { ID(rawValue: $0) }
    }
}

internal import Core

/// A part of a list that is read piece by piece, and where its next part begins.
struct ThreadPiece: Sendable {
    /// Threads of a piece.
    private static let count = 500
    /// Bytes of text after which a piece takes no more threads.
    private static let bytes = 256 * 1024

    private(set) var threads: [ThreadRecord] = []
    private(set) var rest: ThreadCursor

    /// The next of those that a filter without a text leaves.
    init(of filter: ThreadFilter, from cursor: ThreadCursor, on connection: Connection) throws(Failure) {
        var query = ListQuery(
            columns: ThreadTable.columns, source: ThreadTable.source, orders: ThreadTable.orders, serial: "t.id")
        query.match("t.id < ?", cursor.end)
        query.match("t.key_id = ?", filter.keyID)
        query.match("t.session_id = ?", filter.sessionID)
        query.match("t.model = ?", filter.model)
        // The sign keeps SQLite from going by time, after which every piece would be sorted anew.
        query.match("+t.created_at >= ?", filter.from)
        query.match("+t.created_at < ?", filter.to)
        rest = cursor
        threads = try query.newest(
            Self.count, bytes: Self.bytes, on: connection, decode: ThreadTable.decode, weight: \.textBytes)
        rest.end = threads.last?.id ?? rest.end
    }

    /// The next of those that `cursor` has found already.
    init(found cursor: ThreadCursor, on connection: Connection) throws(Failure) {
        rest = cursor
        var sum = 0
        var read = 0
        for id in cursor.found.prefix(Self.count) {
            read += 1
            rest.end = id
            // It may have been removed meanwhile.
            guard let thread = try ThreadTable.rows([id], on: connection).first else { continue }
            threads.append(thread)
            sum += thread.textBytes
            if sum >= Self.bytes { break }
        }
        rest.found.removeFirst(read)
    }
}

extension ThreadSearch {
    /// The next of those that the search finds. Each look into the index finds as many as a list of a search has; the
    /// pieces that follow are taken from them.
    func piece(from cursor: ThreadCursor, on connection: Connection) throws(Failure) -> ThreadPiece {
        var cursor = cursor
        while true {
            if cursor.found.isEmpty {
                cursor.found = Array(try find(before: cursor.end, on: connection).prefix(Self.limit))
            }
            let piece = try ThreadPiece(found: cursor, on: connection)
            if !piece.threads.isEmpty || cursor.found.isEmpty { return piece }
            cursor = piece.rest
        }
    }
}

extension ThreadRecord {
    fileprivate var textBytes: Int {
        call.prompt.utf8.count + call.completion.utf8.count + call.reasoning.utf8.count + call.toolCalls.utf8.count
    }
}

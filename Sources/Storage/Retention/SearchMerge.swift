internal import Core

/// Rewrites the index of threads without what was taken out of it.
///
/// FTS5 only notes what is deleted: the words stay in the file until their segment is merged, which by itself it may never
/// be. So once the threads that were taken out are a quarter of those that have texts, all segments are merged, some pages at
/// a time. Not later, because a step's length is told in pages that it writes, and those that it leaves out take time too.
enum SearchMerge {
    /// Pages of the index (some 4 KiB each) that a step writes: a few milliseconds.
    private static let pages = 16
    private static let share: Int64 = 4

    private static let readState = SQL(
        """
        SELECT r.is_merging, r.unmerged, s.newest - MAX(r.text_id, COALESCE((SELECT MIN(id) FROM threads), 0) - 1)
        FROM retention_state r, thread_search_state s
        """)
    private static let begin = SQL("UPDATE retention_state SET unmerged = 0, is_merging = 1")
    private static let end = SQL("UPDATE retention_state SET is_merging = 0")
    /// Negative: of all segments, whatever their sizes (https://www.sqlite.org/fts5.html#the_merge_command). Repeated with the
    /// number's sign it would begin anew when calls were indexed meanwhile.
    private static let merge = SQL("INSERT INTO thread_search (thread_search, rank) VALUES ('merge', ?)")

    private enum State { case idle, due, merging }

    /// Whether a step is due. A point look-up.
    static func isDue(on connection: Connection) throws(Failure) -> Bool { try state(on: connection) != .idle }

    /// Does the next step, if one is due.
    static func step(on connection: Connection) throws(Failure) {
        switch try state(on: connection) {
        case .idle: break
        case .due:
            try connection.execute(begin)
            try connection.execute(merge, -pages)
        case .merging:
            let before = connection.totalChanges
            try connection.execute(merge, pages)
            // As the documentation tells to find that there was nothing to merge.
            if connection.totalChanges - before < 2 { try connection.execute(end) }
        }
    }

    private static func state(on connection: Connection) throws(Failure) -> State {
        try connection.first(readState) { row in
            let isMerging = row.bool()
            let unmerged = row.integer()
            let withTexts = row.integer()
            if isMerging { return .merging }
            return unmerged > 0 && unmerged >= withTexts / share ? .due : .idle
        } ?? .idle
    }
}

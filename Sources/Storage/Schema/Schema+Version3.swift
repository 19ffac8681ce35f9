extension Schema {
    static let version3 = [threadSearch].joined(separator: "\n")

    /// The index of threads' texts, which holds no copy of them, and how far it has come: all rows from `oldest` to
    /// `newest` are in it. Those that stand here already are indexed from the newest to the oldest, later ones as they
    /// come. `format` is ``SearchDocument/format``: of another one, the index is made anew.
    private static let threadSearch = """
        CREATE VIRTUAL TABLE thread_search USING fts5 (
            text, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
        );
        CREATE TABLE thread_search_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            format INTEGER NOT NULL,
            newest INTEGER NOT NULL,
            oldest INTEGER NOT NULL
        ) STRICT;
        INSERT INTO thread_search_state (id, format, newest, oldest)
            SELECT 1, 1, COALESCE(MAX(id), 0), COALESCE(MAX(id), 0) + 1 FROM threads;
        """
}

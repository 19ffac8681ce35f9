extension Schema {
    static let version4 = [carriedSums, retentionState].joined(separator: "\n")

    /// What records that retention removed added up to: for the ledger by key and month in which they were billed, for
    /// statistics by day (days since 1970 in UTC), key and model. Keys may be deleted ones.
    private static let carriedSums = """
        CREATE TABLE ledger_carried (
            key_id INTEGER NOT NULL,
            month TEXT NOT NULL,
            fee INTEGER NOT NULL,
            fee_balance INTEGER NOT NULL,
            PRIMARY KEY (key_id, month)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE usage_carried (
            day INTEGER NOT NULL,
            key_id INTEGER NOT NULL,
            model TEXT NOT NULL,
            key_name TEXT NOT NULL,
            calls INTEGER NOT NULL,
            errors INTEGER NOT NULL,
            tokens_in INTEGER NOT NULL,
            tokens_out INTEGER NOT NULL,
            tokens_cache_read INTEGER NOT NULL,
            tokens_cache_write INTEGER NOT NULL,
            fee INTEGER NOT NULL,
            PRIMARY KEY (day, key_id, model)
        ) STRICT, WITHOUT ROWID;
        """

    /// How far retention has come: `batches` grows with each batch, so that no two processes write the same one. Texts are
    /// removed from all calls up to `text_time`, in that millisecond up to the number `text_id`. `unmerged` and `is_merging`
    /// are ``SearchMerge``'s.
    private static let retentionState = """
        CREATE TABLE retention_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            batches INTEGER NOT NULL,
            text_time INTEGER NOT NULL,
            text_id INTEGER NOT NULL,
            unmerged INTEGER NOT NULL,
            is_merging INTEGER NOT NULL
        ) STRICT;
        INSERT INTO retention_state (id, batches, text_time, text_id, unmerged, is_merging) VALUES (1, 0, 0, 0, 0, 0);
        """
}

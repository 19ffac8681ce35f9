extension Schema {
    static let version2 = [sharedHolds, retiredTexts, webhooks, usageIndex].joined(separator: "\n")

    /// Holds are in memory that the processes share; and the index of sessions leaves out calls that have none.
    private static let sharedHolds = """
        DROP TABLE holds;
        ALTER TABLE api_keys DROP COLUMN held;
        ALTER TABLE api_keys DROP COLUMN hold_count;

        DROP INDEX threads_session;
        CREATE INDEX threads_session ON threads (session_id) WHERE session_id IS NOT NULL;
        """

    /// Texts of keys that were replaced. They work for a while, so that whoever uses a key can change over, and never come
    /// back.
    private static let retiredTexts = """
        CREATE TABLE retired_keys (
            hash BLOB NOT NULL PRIMARY KEY,
            key_id INTEGER NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX retired_keys_key ON retired_keys (key_id);
        """

    private static let webhooks = """
        CREATE TABLE webhooks (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            app_id TEXT NOT NULL UNIQUE,
            config BLOB NOT NULL,
            config_key TEXT NOT NULL,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        """

    /// All that statistics sum up, so that they need not pass over the texts of calls. Grows at its end only.
    private static let usageIndex = """
        CREATE INDEX threads_usage ON threads (created_at, key_id, model, status, tokens_in, tokens_out,
            tokens_cache_read, tokens_cache_write, tokens_cache_write_1h, fee);
        """
}

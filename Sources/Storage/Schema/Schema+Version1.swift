extension Schema {
    /// Times are milliseconds since 1970 in UTC, money is nano-dollars, months are `2026-11`, truth is 0 or 1.
    ///
    /// Rows that others remember by number (keys, models, groups) take numbers that never come back, so that the records
    /// of a deleted key are never taken for those of a later one. Records carry names beside numbers for the same reason
    /// and refer to no row that can be deleted.
    ///
    /// `held` and `hold_count` of a key are the sum and number of its rows in `holds`, kept so that an admission costs the
    /// same whether one call of the key is under way or thousands.
    ///
    /// The states of a thread are compared one by one: for IN with more than two values SQLite fills a table of them, a
    /// fifth of what the insertion of a row costs.
    static let version1 = """
        CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;

        CREATE TABLE key_groups (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            short_name TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE api_keys (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hash BLOB NOT NULL UNIQUE,
            masked_key TEXT NOT NULL,
            name TEXT NOT NULL,
            email TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
            group_id INTEGER REFERENCES key_groups (id),
            month_quota INTEGER,
            balance INTEGER NOT NULL,
            total_fee INTEGER NOT NULL,
            held INTEGER NOT NULL DEFAULT 0,
            hold_count INTEGER NOT NULL DEFAULT 0,
            rpm INTEGER NOT NULL,
            tpm INTEGER NOT NULL,
            max_parallel INTEGER NOT NULL,
            is_strict INTEGER NOT NULL,
            is_disabled INTEGER NOT NULL,
            records_text INTEGER NOT NULL,
            expires_at INTEGER,
            last_used_at INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX api_keys_group ON api_keys (group_id);

        CREATE TABLE key_months (
            key_id INTEGER NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
            month TEXT NOT NULL,
            fee INTEGER NOT NULL,
            PRIMARY KEY (key_id, month)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE models (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            provider TEXT NOT NULL,
            config BLOB NOT NULL,
            config_key TEXT NOT NULL,
            is_multimodal INTEGER NOT NULL,
            price_in INTEGER NOT NULL,
            price_out INTEGER NOT NULL,
            price_cache_read INTEGER,
            price_cache_write INTEGER,
            price_cache_write_1h INTEGER,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE model_rights (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
            key_id INTEGER REFERENCES api_keys (id) ON DELETE CASCADE,
            group_id INTEGER REFERENCES key_groups (id) ON DELETE CASCADE,
            created_at INTEGER NOT NULL,
            UNIQUE (key_id, model_id),
            UNIQUE (group_id, model_id),
            CHECK ((key_id IS NULL) <> (group_id IS NULL))
        ) STRICT;
        CREATE INDEX model_rights_model ON model_rights (model_id);

        CREATE TABLE holds (
            id INTEGER PRIMARY KEY,
            key_id INTEGER NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
            amount INTEGER NOT NULL,
            pid INTEGER NOT NULL,
            process_start INTEGER NOT NULL,
            pid_namespace INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX holds_key ON holds (key_id, expires_at);

        CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            key_id INTEGER NOT NULL,
            key_name TEXT NOT NULL,
            session_key TEXT NOT NULL,
            title TEXT NOT NULL,
            total_in_tokens INTEGER NOT NULL,
            total_out_tokens INTEGER NOT NULL,
            total_fee INTEGER NOT NULL,
            thread_count INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (key_id, session_key)
        ) STRICT;

        CREATE TABLE threads (
            id INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL,
            session_id INTEGER REFERENCES sessions (id),
            key_id INTEGER NOT NULL,
            key_name TEXT NOT NULL,
            month TEXT NOT NULL,
            model TEXT NOT NULL,
            provider TEXT NOT NULL,
            status TEXT NOT NULL
                CHECK (status = 'ok' OR status = 'error' OR status = 'cancelled' OR status = 'truncated'),
            error_code TEXT,
            finish_reason TEXT,
            is_stream INTEGER NOT NULL,
            is_estimated INTEGER NOT NULL,
            tokens_in INTEGER NOT NULL,
            tokens_out INTEGER NOT NULL,
            tokens_cache_read INTEGER NOT NULL,
            tokens_cache_write INTEGER NOT NULL,
            tokens_cache_write_1h INTEGER NOT NULL,
            tokens_reasoning INTEGER,
            price_in INTEGER NOT NULL,
            price_out INTEGER NOT NULL,
            price_cache_read INTEGER,
            price_cache_write INTEGER,
            price_cache_write_1h INTEGER,
            fee INTEGER NOT NULL,
            fee_balance INTEGER NOT NULL,
            first_byte_latency INTEGER,
            invocation_latency INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            prompt TEXT NOT NULL,
            completion TEXT NOT NULL,
            reasoning TEXT NOT NULL,
            tool_calls TEXT NOT NULL,
            whole_prompt TEXT NOT NULL
        ) STRICT;
        CREATE INDEX threads_key ON threads (key_id);
        CREATE INDEX threads_session ON threads (session_id);

        CREATE TABLE payments (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key_id INTEGER NOT NULL,
            key_name TEXT NOT NULL,
            amount INTEGER NOT NULL,
            balance_after INTEGER NOT NULL,
            note TEXT NOT NULL,
            operator_id INTEGER,
            operator_name TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX payments_key ON payments (key_id);

        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            operator_id INTEGER,
            operator_name TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            changes TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        """
}

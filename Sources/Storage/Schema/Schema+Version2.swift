extension Schema {
    /// Holds are in memory that the processes share; and the index of sessions leaves out calls that have none.
    static let version2 = """
        DROP TABLE holds;
        ALTER TABLE api_keys DROP COLUMN held;
        ALTER TABLE api_keys DROP COLUMN hold_count;

        DROP INDEX threads_session;
        CREATE INDEX threads_session ON threads (session_id) WHERE session_id IS NOT NULL;
        """
}

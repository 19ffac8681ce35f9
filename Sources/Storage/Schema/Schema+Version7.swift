extension Schema {
    static let version7 = [botEvents, botChats].joined(separator: "\n")

    /// Messages to bots, each once. `owner_pid` and `owner_start` name the process that has accepted the event, then the
    /// one that answers it. `cards` are the platform's ids of the messages that the answer stands in, separated by spaces.
    private static let botEvents = """
        CREATE TABLE bot_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            webhook_id INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
            event_id TEXT NOT NULL,
            chat_id TEXT NOT NULL,
            state TEXT NOT NULL,
            owner_pid INTEGER NOT NULL,
            owner_start INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            cards TEXT NOT NULL,
            reason TEXT,
            sent_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            payload TEXT NOT NULL,
            UNIQUE (webhook_id, event_id)
        ) STRICT;
        CREATE INDEX bot_events_open ON bot_events (webhook_id, chat_id, sent_at, id)
            WHERE state IN ('accepted', 'answering');
        CREATE INDEX bot_events_time ON bot_events (created_at);
        """

    /// What the users of a chat have set by commands.
    private static let botChats = """
        CREATE TABLE bot_chats (
            webhook_id INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
            chat_id TEXT NOT NULL,
            round INTEGER NOT NULL,
            model TEXT,
            PRIMARY KEY (webhook_id, chat_id)
        ) STRICT, WITHOUT ROWID;
        """
}

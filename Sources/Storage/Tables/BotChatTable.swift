internal import Core

/// Chats of bots: what commands have set, and what was said.
enum BotChatTable {
    /// Characters of a text that a turn is read with.
    private static let longestText = 65_536

    private static let find = SQL("SELECT round, model FROM bot_chats WHERE webhook_id = ? AND chat_id = ?")
    private static let put = SQL(
        """
        INSERT INTO bot_chats (webhook_id, chat_id, round, model) VALUES (?, ?, ?, ?)
        ON CONFLICT (webhook_id, chat_id) DO UPDATE SET round = excluded.round, model = excluded.model
        """)
    private static let turns = SQL(
        """
        SELECT substr(t.prompt, 1, \(longestText)), substr(t.completion, 1, \(longestText))
        FROM threads t JOIN sessions s ON s.id = t.session_id
        WHERE s.key_id = ? AND s.session_key = ? AND t.status = 'ok' AND t.prompt <> '' AND t.completion <> ''
        ORDER BY t.id DESC LIMIT ?
        """)

    static func find(
        _ webhook: WebhookID, _ chat: String, on connection: Connection
    ) throws(Failure) -> BotConversation {
        try connection.first(find, webhook, chat) { BotConversation(round: $0.int(), model: $0.optionalText()) }
            ?? BotConversation()
    }

    static func put(
        _ conversation: BotConversation, _ webhook: WebhookID, _ chat: String, on connection: Connection
    ) throws(Failure) {
        try connection.execute(put, webhook, chat, conversation.round, conversation.model)
    }

    static func turns(
        of key: KeyID, session: String, limit: Int, on connection: Connection
    ) throws(Failure) -> [BotTurn] {
        try connection.all(turns, key, session, limit) { BotTurn(prompt: $0.text(), completion: $0.text()) }.reversed()
    }
}

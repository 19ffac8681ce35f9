package import Core

extension SQLiteStorage: BotEventStore {
    package func accept(_ event: NewBotEvent, limit: Int) async throws(StorageError) -> BotEventReceipt {
        let now = clock.now
        return try await write(changesCatalog: false) { connection throws(Failure) in
            try BotEventTable.accept(event, limit: limit, at: now, on: connection)
        }
    }

    package func claimEvents(limit: Int, ofOneBot: Int) async throws(StorageError) -> [BotEvent] {
        let now = clock.now
        return try await write(.unsynced, changesCatalog: false) { connection throws(Failure) in
            try BotEventTable.claim(limit: limit, ofOneBot: ofOneBot, at: now, on: connection)
        }
    }

    package func noteCards(_ cards: [String], of id: BotEventID) async throws(StorageError) {
        let now = clock.now
        try await write(.unsynced, changesCatalog: false) { connection throws(Failure) in
            try BotEventTable.note(cards, of: id, at: now, on: connection)
        }
    }

    package func finish(_ id: BotEventID, _ ending: BotEventEnding) async throws(StorageError) {
        let now = clock.now
        try await write(.patient, changesCatalog: false) { connection throws(Failure) in
            try BotEventTable.finish(id, ending, at: now, on: connection)
        }
    }

    package func recoverEvents() async throws(StorageError) -> Int {
        let now = clock.now
        let isNeeded = try lookup { connection throws(Failure) in
            try BotEventTable.needsRecovery(at: now, on: connection)
        }
        guard isNeeded else { return 0 }
        return try await write(changesCatalog: false) { connection throws(Failure) in
            try BotEventTable.recover(at: now, on: connection)
        }
    }

    package func botEvents(
        of webhook: WebhookID, _ filter: BotEventFilter, page: PageRequest
    ) async throws(StorageError) -> Page<BotEventRecord> {
        try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: BotEventTable.columns, source: BotEventTable.source, orders: [:], serial: "e.id")
            query.match("e.webhook_id = ?", webhook)
            query.match("e.state = ?", filter.state?.rawValue)
            query.match("e.chat_id = ?", filter.chatID)
            return try query.run(on: connection, page, decode: BotEventTable.record)
        }
    }

    package func conversation(of webhook: WebhookID, chat: String) throws(StorageError) -> BotConversation {
        try lookup { connection throws(Failure) in try BotChatTable.find(webhook, chat, on: connection) }
    }

    package func setConversation(
        _ conversation: BotConversation, of webhook: WebhookID, chat: String
    ) async throws(StorageError) {
        try await write(changesCatalog: false) { connection throws(Failure) in
            try BotChatTable.put(conversation, webhook, chat, on: connection)
        }
    }

    package func turns(of key: KeyID, session: String, limit: Int) async throws(StorageError) -> [BotTurn] {
        try await scan { connection throws(Failure) in
            try BotChatTable.turns(of: key, session: session, limit: limit, on: connection)
        }
    }
}

internal import Core

/// Messages that bots are to answer.
enum BotEventTable {
    /// Longer than platforms send an event again: Feishu does for 7.1 hours.
    static let retention: Int64 = 8 * 3600
    /// Who asked longer ago does not wait for an answer any more.
    static let recoveryLimit: Int64 = 600
    /// Processes that may try to answer an event.
    static let mostAttempts = 2

    /// What an operator sees.
    static let columns = "e.event_id, e.chat_id, e.state, e.attempts, e.reason, e.created_at, e.updated_at"
    static let source = "bot_events e"

    private static let open = "state IN ('accepted', 'answering')"
    private static let known = SQL("SELECT 1 FROM bot_events WHERE webhook_id = ? AND event_id = ?")
    private static let waiting = SQL("SELECT COUNT(*) FROM bot_events WHERE webhook_id = ? AND \(open)")
    private static let insert = SQL(
        """
        INSERT INTO bot_events (webhook_id, event_id, chat_id, state, owner_pid, owner_start, attempts, cards, sent_at,
            created_at, updated_at, payload)
        VALUES (?, ?, ?, 'accepted', ?, ?, 0, '', ?, ?, ?, ?)
        """)
    /// Accepted ones before which nothing of their chat has to end: first of the bots of which this process answers least,
    /// and no more of one bot than a bound, so that a bot whose platform or model hangs leaves room to the others.
    private static let claimable = SQL(
        """
        WITH busy AS (
            SELECT webhook_id, COUNT(*) AS answers FROM bot_events
            WHERE state = 'answering' AND \(open) AND owner_pid = ? AND owner_start = ? GROUP BY webhook_id),
        ready AS (
            SELECT e.id, e.webhook_id, ROW_NUMBER() OVER (PARTITION BY e.webhook_id ORDER BY e.id) AS place
            FROM bot_events e WHERE e.state = 'accepted' AND e.state IN ('accepted', 'answering') AND NOT EXISTS (
                SELECT 1 FROM bot_events o
                WHERE o.webhook_id = e.webhook_id AND o.chat_id = e.chat_id AND o.state IN ('accepted', 'answering')
                AND (o.state = 'answering' OR o.sent_at < e.sent_at OR o.sent_at = e.sent_at AND o.id < e.id)))
        SELECT e.id, e.webhook_id, e.chat_id, e.payload, e.cards, e.attempts, e.created_at
        FROM ready r LEFT JOIN busy b ON b.webhook_id = r.webhook_id JOIN bot_events e ON e.id = r.id
        WHERE r.place + COALESCE(b.answers, 0) <= ?
        ORDER BY r.place + COALESCE(b.answers, 0), e.id LIMIT ?
        """)
    private static let claim = SQL(
        """
        UPDATE bot_events SET state = 'answering', owner_pid = ?, owner_start = ?, attempts = attempts + 1, updated_at = ?
        WHERE id = ?
        """)
    private static let note = SQL("UPDATE bot_events SET cards = ?, updated_at = ? WHERE id = ?")
    private static let finish = SQL(
        "UPDATE bot_events SET state = ?, reason = ?, payload = '', updated_at = ? WHERE id = ?")
    private static let unfinished = SQL(
        "SELECT id, state, attempts, owner_pid, owner_start, created_at FROM bot_events WHERE \(open)")
    private static let release = SQL("UPDATE bot_events SET state = 'accepted', updated_at = ? WHERE id = ?")
    private static let anyOpen = SQL("SELECT 1 FROM bot_events WHERE \(open)")
    private static let anyAged = SQL("SELECT 1 FROM bot_events WHERE created_at <= ?")
    private static let removeAged = SQL("DELETE FROM bot_events WHERE created_at <= ?")

    static func accept(
        _ event: NewBotEvent, limit: Int, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> BotEventReceipt {
        guard try !connection.exists(known, event.webhookID, event.eventID) else { return .repeated }
        let count = try connection.first(waiting, event.webhookID) { $0.int() } ?? 0
        guard count < limit else { return .full }
        let owner = ProcessIdentity.current
        let payload = JSONValue.object(event.payload).text
        try connection.execute(
            insert, event.webhookID, event.eventID, event.chatID, owner.number, owner.start, event.sentAt, time, time,
            payload)
        return .accepted
    }

    static func claim(
        limit: Int, ofOneBot: Int, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> [BotEvent] {
        let owner = ProcessIdentity.current
        let events = try connection.all(claimable, owner.number, owner.start, ofOneBot, limit, decode: decode)
        for event in events { try connection.execute(claim, owner.number, owner.start, time, event.id) }
        return events
    }

    private static func decode(_ row: inout Row) -> BotEvent {
        let id = row.id(BotEventID.self)
        let webhook = row.id(WebhookID.self)
        let chat = row.text()
        let payload = (try? JSONParser.parse(row.text()))?.object ?? [:]
        let cards = row.text().split(separator: " ").map(String.init)
        return BotEvent(
            id: id, webhookID: webhook, chatID: chat, payload: payload, cards: cards, attempt: row.int() + 1,
            createdAt: row.time())
    }

    static func note(
        _ cards: [String], of id: BotEventID, at time: Timestamp, on connection: Connection
    ) throws(Failure) {
        try connection.execute(note, cards.joined(separator: " "), time, id)
    }

    static func finish(
        _ id: BotEventID, _ ending: BotEventEnding, at time: Timestamp, on connection: Connection
    ) throws(Failure) {
        switch ending {
        case .done: try connection.execute(finish, "done", String?.none, time, id)
        case .failed(let reason): try connection.execute(finish, "failed", reason, time, id)
        }
    }

    /// Whether ``recover(at:on:)`` could find something.
    static func needsRecovery(at time: Timestamp, on connection: Connection) throws(Failure) -> Bool {
        if try connection.exists(anyOpen) { return true }
        return try connection.exists(anyAged, time.adding(seconds: -retention))
    }

    /// Answers how many events can be claimed again.
    static func recover(at time: Timestamp, on connection: Connection) throws(Failure) -> Int {
        struct Orphan {
            let id: BotEventID
            let isAnswering: Bool
            let attempts: Int
            let owner: ProcessIdentity
            let createdAt: Timestamp
        }
        try connection.execute(removeAged, time.adding(seconds: -retention))
        let rows = try connection.all(unfinished) { row in
            Orphan(
                id: row.id(), isAnswering: row.text() == "answering", attempts: row.int(),
                owner: ProcessIdentity(number: row.int(), start: row.int()), createdAt: row.time())
        }
        var living: [ProcessIdentity: Bool] = [:]
        var released = 0
        for row in rows {
            let lives = living[row.owner] ?? row.owner.isAlive
            living[row.owner] = lives
            if lives { continue }
            if row.createdAt <= time.adding(seconds: -recoveryLimit) {
                try finish(row.id, .failed(reason: "abandoned_too_old"), at: time, on: connection)
            } else if row.attempts >= mostAttempts {
                try finish(row.id, .failed(reason: "abandoned_twice"), at: time, on: connection)
            } else {
                if row.isAnswering { try connection.execute(release, time, row.id) }
                released += 1
            }
        }
        return released
    }

    static func record(_ row: inout Row) -> BotEventRecord {
        BotEventRecord(
            eventID: row.text(), chatID: row.text(), state: BotEventRecord.State(rawValue: row.text()) ?? .failed,
            attempts: row.int(), reason: row.optionalText(), createdAt: row.time(), updatedAt: row.time())
    }
}

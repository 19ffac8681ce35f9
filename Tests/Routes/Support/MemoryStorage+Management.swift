import Core
import EventLoop

/// What the table of access asks of the newer stores. How they behave is tested on a real database (``Site``).
extension MemoryStorage {
    func create(_ keys: [NewKey], by author: Operator) async throws(StorageError) -> [KeyRecord] {
        var records: [KeyRecord] = []
        for key in keys { records.append(try await create(key, by: author)) }
        return records
    }

    func replaceText(
        of id: KeyID, with text: KeyText, overlapEnd: Timestamp?, by author: Operator
    ) async throws(StorageError) -> KeyRecord {
        try access()
        guard var key = keys[id] else { throw .notFound("key") }
        key.maskedKey = text.masked
        keys[id] = key
        if overlapEnd == nil { hashes = hashes.filter { $0.value != id } }
        hashes[text.hash] = id
        note("reset key \(key.name)", by: author)
        return key
    }

    func toggle(_ model: ModelID, of holder: RightHolder, by author: Operator) async throws(StorageError) -> Bool {
        if try await revoke(model, from: holder, by: author) { return false }
        return try await grant(model, to: holder, by: author)
    }

    func session(_ id: SessionID) async throws(StorageError) -> SessionRecord? {
        try access()
        return sessions.first { $0.id == id }
    }

    func thread(_ id: ThreadID) async throws(StorageError) -> ThreadRecord? {
        try access()
        return threads.first { $0.id == id }
    }

    func threads(
        _ filter: ThreadFilter, from cursor: inout ThreadCursor
    ) async throws(StorageError) -> [ThreadRecord] {
        try access()
        defer { cursor.end = threads.last?.id }
        return cursor.end == nil ? threads : []
    }
}

extension MemoryStorage: PaymentStore, AuditStore, StatisticsStore {
    func payments(key: KeyID?, page: PageRequest) async throws(StorageError) -> Page<PaymentRecord> {
        try access()
        return slice([], page)
    }

    func audit(_ filter: AuditFilter, page: PageRequest) async throws(StorageError) -> Page<AuditRecord> {
        try access()
        return slice([], page)
    }

    func note(_ action: String, _ subject: String, by author: Operator) async throws(StorageError) {
        try access()
        note("\(action) \(subject)", by: author)
    }

    func totals() async throws(StorageError) -> SiteTotals {
        try access()
        return SiteTotals()
    }

    func latency(_ key: KeyID?) async throws(StorageError) -> LatencySummary {
        try access()
        return LatencySummary(calls: 0, firstByte: nil, invocation: nil)
    }

    func usage(
        _ grouping: UsageGrouping, _ filter: UsageFilter, page: PageRequest
    ) async throws(StorageError) -> Page<UsageRecord> {
        try access()
        return slice([], page)
    }
}

extension MemoryStorage: WebhookStore {
    func webhook(_ target: WebhookTarget) async throws(StorageError) -> WebhookRecord? {
        try access()
        return nil
    }

    func webhooks(text: String?, page: PageRequest) async throws(StorageError) -> Page<WebhookRecord> {
        try access()
        return slice([], page)
    }

    func createWebhook(
        name: String, config: JSONObject, by author: Operator
    ) async throws(StorageError) -> WebhookRecord {
        throw .unavailable("not in memory")
    }

    func updateWebhook(
        _ id: WebhookID, name: FieldChange<String>, config: FieldChange<JSONObject>, baseVersion: Int,
        by author: Operator
    ) async throws(StorageError) -> WebhookRecord {
        throw .notFound("webhook")
    }

    func deleteWebhook(_ id: WebhookID, by author: Operator) async throws(StorageError) {
        throw .notFound("webhook")
    }
}

extension MemoryStorage: BotEventStore {
    func accept(_ event: NewBotEvent, limit: Int) async throws(StorageError) -> BotEventReceipt {
        throw .unavailable("not in memory")
    }

    func claimEvents(limit: Int, ofOneBot: Int) async throws(StorageError) -> [BotEvent] { [] }
    func noteCards(_ cards: [String], of id: BotEventID) async throws(StorageError) {}
    func finish(_ id: BotEventID, _ ending: BotEventEnding) async throws(StorageError) {}
    func recoverEvents() async throws(StorageError) -> Int { 0 }

    func botEvents(
        of webhook: WebhookID, _ filter: BotEventFilter, page: PageRequest
    ) async throws(StorageError) -> Page<BotEventRecord> {
        Page(items: [], total: 0)
    }

    func conversation(of webhook: WebhookID, chat: String) throws(StorageError) -> BotConversation { BotConversation() }
    func setConversation(
        _ conversation: BotConversation, of webhook: WebhookID, chat: String
    ) async throws(StorageError) {}
    func turns(of key: KeyID, session: String, limit: Int) async throws(StorageError) -> [BotTurn] { [] }
}

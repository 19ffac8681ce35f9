package import EventLoop

/// The messages that bots are to answer. They survive restarts, and each is answered by one process.
///
/// An event is accepted, then answering, then done or failed. It is kept for 8 hours, longer than platforms send one
/// again. What was said in it is removed once it has ended.
@LoopActor
package protocol BotEventStore: Sendable {
    /// Records an event unless it was recorded before, or `limit` events of the bot have not ended. Returns once that is
    /// durable.
    func accept(_ event: NewBotEvent, limit: Int) async throws(StorageError) -> BotEventReceipt

    /// Takes up to `limit` accepted events for this process: of each chat the earliest, and none while another one of the
    /// chat is being answered; of one bot no more than `ofOneBot`, those that the process answers already counted.
    func claimEvents(limit: Int, ofOneBot: Int) async throws(StorageError) -> [BotEvent]

    /// Notes where the answer stands, for a process that has to finish it.
    func noteCards(_ cards: [String], of id: BotEventID) async throws(StorageError)

    func finish(_ id: BotEventID, _ ending: BotEventEnding) async throws(StorageError)

    /// Lets others take the events of processes that have died: each once, and none that is older than 10 minutes; those
    /// fail. Removes events older than 8 hours. Answers how many can be taken. Costs a look-up when there is nothing to do.
    @discardableResult
    func recoverEvents() async throws(StorageError) -> Int

    /// Events of a bot, the newest first.
    func botEvents(
        of webhook: WebhookID, _ filter: BotEventFilter, page: PageRequest
    ) async throws(StorageError) -> Page<BotEventRecord>

    func conversation(of webhook: WebhookID, chat: String) throws(StorageError) -> BotConversation
    func setConversation(
        _ conversation: BotConversation, of webhook: WebhookID, chat: String
    ) async throws(StorageError)

    /// The last turns of a session that were answered well, the oldest first.
    func turns(of key: KeyID, session: String, limit: Int) async throws(StorageError) -> [BotTurn]
}

package import Core
internal import EventLoop

extension BotEventStore {
    /// The newest events of a bot, as a list without filters begins.
    @LoopActor
    package func newestEvents(of webhook: WebhookID) async throws(StorageError) -> [BotEventRecord] {
        try await botEvents(of: webhook, BotEventFilter(), page: PageRequest()).items
    }
}

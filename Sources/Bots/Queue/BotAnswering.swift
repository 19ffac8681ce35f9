package import Core
package import EventLoop

/// Answers one event of a platform.
@LoopActor
package protocol BotAnswering: Sendable {
    /// Nil when the task was cancelled: then another process is to answer the event.
    func answer(_ event: BotEvent) async -> BotEventEnding?
}

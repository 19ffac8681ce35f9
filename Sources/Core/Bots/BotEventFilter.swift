/// Which events of a bot a list has.
package struct BotEventFilter: Sendable, Equatable {
    package var state: BotEventRecord.State?
    /// The platform's id of a chat.
    package var chatID: String?

    package init() {}
}

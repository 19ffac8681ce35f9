/// What the users of a chat have set about it by commands.
package struct BotConversation: Sendable, Equatable {
    /// Grows with each new session of the chat, from 0.
    package var round: Int
    /// The model that the chat uses; nil: the bot's.
    package var model: String?

    package init(round: Int = 0, model: String? = nil) {
        self.round = round
        self.model = model
    }
}

/// One question of a session, and its answer.
package struct BotTurn: Sendable, Equatable {
    package let prompt: String
    package let completion: String

    package init(prompt: String, completion: String) {
        self.prompt = prompt
        self.completion = completion
    }
}

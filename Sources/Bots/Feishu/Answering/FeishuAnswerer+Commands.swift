internal import Core
internal import EventLoop

extension FeishuAnswerer {
    /// Does what a command says; answers what to reply.
    func perform(_ command: BotCommand, _ turn: FeishuTurn) async throws(GatewayError) -> String {
        var conversation = try calls.conversation(turn)
        let current = conversation.model ?? turn.config.model
        switch command {
        case .help: return BotText.help(turn.language, model: current)
        case .newSession:
            conversation.round += 1
            try await keep(conversation, turn)
            return BotText.newSession(turn.language)
        case .listModels:
            let names = try await calls.models(of: try calls.caller(turn.config.apiKey))
            return BotText.models(turn.language, names, current: current)
        case .changeModel(let name):
            guard try await calls.models(of: try calls.caller(turn.config.apiKey)).contains(name) else {
                return BotText.modelUnknown(turn.language)
            }
            conversation.model = name == turn.config.model ? nil : name
            try await keep(conversation, turn)
            return BotText.modelChanged(turn.language, name)
        }
    }

    private func keep(_ conversation: BotConversation, _ turn: FeishuTurn) async throws(GatewayError) {
        do throws(StorageError) {
            try await events.setConversation(conversation, of: turn.event.webhookID, chat: turn.message.chatID)
        } catch { throw .storageUnavailable(cause: "\(error)") }
    }
}

package import Core
package import EventLoop
package import Logging

/// Answers a message of a user: with what the bot says of itself, or with what its model says, which the gateway asks for
/// the bot's key as for any other caller.
@LoopActor
package final class FeishuAnswerer: BotAnswering {
    private let webhooks: any WebhookStore
    let events: any BotEventStore
    let calls: BotCalls
    private let clients: FeishuClients
    private let logger: Logger

    package nonisolated init(
        webhooks: any WebhookStore, events: any BotEventStore, calls: BotCalls, clients: FeishuClients, logger: Logger
    ) {
        self.webhooks = webhooks
        self.events = events
        self.calls = calls
        self.clients = clients
        self.logger = logger
    }

    package func answer(_ event: BotEvent) async -> BotEventEnding? {
        do throws(FeishuError) {
            return try await answerMessage(event)
        } catch {
            if Task.isCancelled { return nil }
            logger.info("the platform failed a bot", metadata: ["event": "\(event.id)", "cause": "\(error)"])
            return .failed(reason: error.reason)
        }
    }

    private func answerMessage(_ event: BotEvent) async throws(FeishuError) -> BotEventEnding? {
        let webhook: WebhookRecord
        do throws(StorageError) {
            guard let found = try await webhooks.webhook(.id(event.webhookID)) else {
                return .failed(reason: "bot_deleted")
            }
            webhook = found
        } catch { return .failed(reason: "storage_unavailable") }
        guard let message = (try? FeishuEventReader(event.payload).message()) ?? nil else {
            return .failed(reason: "unreadable")
        }
        let config = FeishuConfig(webhook.config)
        let client = clients.client(for: config)
        var botID: String?
        if !message.mentions.isEmpty {
            do throws(FeishuError) { botID = try await client.openID() } catch { if Task.isCancelled { return nil } }
        }
        guard message.isAddressed(to: botID) else { return .done }
        let writer = CardWriter(
            client, replyingTo: message.messageID,
            stamp: "\(event.id)-\(event.createdAt.milliseconds)", cards: event.cards
        ) { [events] cards in
            // Without it, another process would begin a card of its own, which the uuid of the reply prevents as well.
            try? await events.noteCards(cards, of: event.id)
        }
        let turn = FeishuTurn(
            event: event, message: message, config: config, client: client, writer: writer,
            text: message.readableText(bot: botID))
        return try await answer(turn)
    }

    private func answer(_ turn: FeishuTurn) async throws(FeishuError) -> BotEventEnding? {
        if let command = BotCommand(turn.text), turn.message.kind == .text {
            let reply: String
            do throws(GatewayError) { reply = try await perform(command, turn) } catch {
                return try await say(BotText.failure(turn.language, error), turn, failing: error.code)
            }
            return try await say(reply, turn)
        }
        if turn.message.kind == .other || turn.text.isEmpty && turn.message.resources.isEmpty {
            return try await say(BotText.unsupported(turn.language), turn)
        }
        return try await ask(turn)
    }

    /// Says one thing, and that is all.
    private func say(
        _ text: String, _ turn: FeishuTurn, failing reason: String? = nil
    ) async throws(FeishuError) -> BotEventEnding? {
        try await turn.writer.finish(text, orElse: BotText.unshowable(turn.language))
        return reason.map { .failed(reason: $0) } ?? .done
    }

    /// Has the model answer.
    private func ask(_ turn: FeishuTurn) async throws(FeishuError) -> BotEventEnding? {
        // Before anything that costs: what cannot be replied to is no message of the platform's.
        try await turn.writer.begin(BotText.thinking(turn.language))
        var closing: Closing
        do throws(GatewayError) {
            closing = try await callModel(turn)
        } catch {
            closing = Closing(text: BotText.failure(turn.language, error), failure: error.code)
        }
        if Task.isCancelled {
            await turn.writer.stop()
            return nil
        }
        try await turn.writer.finish(closing.text, orElse: BotText.unshowable(turn.language))
        return closing.failure.map { .failed(reason: $0) } ?? .done
    }

    /// What is to stand below the model's words.
    private struct Closing {
        /// Empty, or why the model was not asked.
        var text: String
        /// For the operator.
        var failure: String?
    }

    private func callModel(_ turn: FeishuTurn) async throws(GatewayError) -> Closing {
        let caller = try calls.caller(turn.config.apiKey)
        let conversation = try calls.conversation(turn)
        let model = conversation.model ?? turn.config.model
        switch try await FeishuAttachments(calls: calls).content(of: turn, for: model) {
        case .parts(let parts):
            try await calls.chat(parts, turn, caller, conversation, model: model)
            return Closing(text: turn.writer.isEmpty ? BotText.nothing(turn.language) : "")
        case .refused(let text): return Closing(text: text)
        case .failed(let error):
            logger.info("the platform gives no file", metadata: ["event": "\(turn.event.id)", "cause": "\(error)"])
            return Closing(text: BotText.missingFile(turn.language), failure: error.reason)
        }
    }
}

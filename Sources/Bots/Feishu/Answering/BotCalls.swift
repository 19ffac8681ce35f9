package import Core
internal import Crypto
package import EventLoop
package import Gateway

/// A bot's calls of models: the gateway's own path, with the bot's key, in the chat's session.
@LoopActor
package final class BotCalls {
    /// Turns of the session that a model is told.
    private static let mostTurns = 20
    /// Bytes of text that these have together: about 16,000 tokens, which all models of today take beside a question.
    private static let historyLimit = 64 * 1024

    private let gateway: ChatGateway
    private let keys: any KeyStore
    private let modelStore: any ModelStore
    private let events: any BotEventStore
    private let clock: any WallClock
    private let makeRequestID: @Sendable () -> String

    package nonisolated init(
        gateway: ChatGateway, keys: any KeyStore, models: any ModelStore, events: any BotEventStore,
        clock: any WallClock, makeRequestID: @escaping @Sendable () -> String
    ) {
        self.gateway = gateway
        self.keys = keys
        modelStore = models
        self.events = events
        self.clock = clock
        self.makeRequestID = makeRequestID
    }

    /// The key of a bot, if it is in force.
    func caller(_ text: String) throws(GatewayError) -> KeyRecord {
        let now = clock.now
        let hash = KeyHash(bytes: Array(SHA256.hash(data: Array(text.utf8))))
        let record: KeyRecord?
        do throws(StorageError) { record = try keys.caller(hash, month: now.month) } catch {
            throw .storageUnavailable(cause: "\(error)")
        }
        guard let record, !record.isDisabled, record.expiresAt.map({ $0 > now }) ?? true else {
            throw .invalidKey("The key of the bot is not in force.")
        }
        return record
    }

    func conversation(_ turn: FeishuTurn) throws(GatewayError) -> BotConversation {
        do throws(StorageError) {
            return try events.conversation(of: turn.event.webhookID, chat: turn.message.chatID)
        } catch { throw .storageUnavailable(cause: "\(error)") }
    }

    /// Names of the models that the key may use.
    func models(of key: KeyRecord) async throws(GatewayError) -> [String] {
        try await gateway.access.list(for: key).map(\.name)
    }

    func takesImages(_ model: String) throws(GatewayError) -> Bool {
        do throws(StorageError) { return try modelStore.model(named: model)?.isMultimodal ?? false } catch {
            throw .storageUnavailable(cause: "\(error)")
        }
    }

    /// Has the model answer into the turn's cards. Returns or throws once the call stands in the ledger.
    func chat(
        _ parts: [ContentPart], _ turn: FeishuTurn, _ key: KeyRecord, _ conversation: BotConversation, model: String
    ) async throws(GatewayError) {
        let session = conversation.round == 0 ? turn.message.chatID : "\(turn.message.chatID):\(conversation.round)"
        var request = ChatRequest(
            model: model, messages: try await history(of: key, session) + [ChatMessage(.user, parts)])
        request.isStream = true
        request.wantsUsage = true
        let context = CallContext(requestID: makeRequestID(), sessionID: session)
        let writer = turn.writer
        _ = try await gateway.chat(request, for: key, call: context) { delta throws(GatewayError) in
            for case .text(let text) in delta.events { writer.append(text) }
        }
    }

    /// The newest turns of the session that fit, the oldest first.
    private func history(of key: KeyRecord, _ session: String) async throws(GatewayError) -> [ChatMessage] {
        let turns: [BotTurn]
        do throws(StorageError) {
            turns = try await events.turns(of: key.id, session: session, limit: Self.mostTurns)
        } catch { throw .storageUnavailable(cause: "\(error)") }
        var room = Self.historyLimit
        var kept: [BotTurn] = []
        for turn in turns.reversed() {
            room -= turn.prompt.utf8.count + turn.completion.utf8.count
            guard room >= 0 else { break }
            kept.append(turn)
        }
        return kept.reversed().flatMap { turn in
            [ChatMessage(.user, [.text(turn.prompt)]), ChatMessage(.assistant, [.text(turn.completion)])]
        }
    }
}

import Bots
import Core
import EventLoop
import Logging
import Providers
import TestSupport

@testable import Routes

/// A router with everything behind it in memory: one key of each kind, a group, and a model that the group may use.
@LoopActor
final class World {
    /// Who calls. The table of access runs over all of them.
    enum Caller: String, CaseIterable, Sendable {
        case nobody, garbage, disabled, expired, deleted, user, admin

        /// The text of the caller's key.
        var key: String? {
            self == .nobody ? nil : "br-\(rawValue)-" + String(repeating: "k", count: 32)
        }
    }

    let clock = ManualClock()
    let metrics = CountingMetrics()
    let log = RecordingLog()
    let lifecycle = Lifecycle()
    let storage: MemoryStorage
    /// What a chat platform answers.
    let platform = ScriptedTransport()
    private let folder = TemporaryDirectory()
    let router: Router
    /// Calls of the routes that call models.
    private(set) var chats = 0
    var onChat: Route.StreamHandler?

    nonisolated static let group = GroupID(rawValue: 1)
    nonisolated static let user = KeyID(rawValue: 2)
    nonisolated static let admin = KeyID(rawValue: 3)
    nonisolated static let model = ModelID(rawValue: 6)

    init(settings: RouteSettings = RouteSettings()) async throws {
        let storage = MemoryStorage(clock: clock)
        self.storage = storage
        let log = self.log
        let services = Services(
            stores: Stores(
                keys: storage, models: storage, groups: storage, rights: storage, records: storage, payments: storage,
                audit: storage, statistics: storage, webhooks: storage, botEvents: storage,
                health: storage),
            providers: ProviderRegistry([SecretiveProvider()]), clock: clock, metrics: metrics, metricsSource: metrics,
            logger: Logger(label: "test") { _ in log }, settings: settings, lifecycle: lifecycle)
        let chat = ChatSlot()
        let answer: Route.StreamHandler = { exchange, key throws(GatewayError) in
            try await chat.world?.chat(exchange, key)
        }
        let clients = FeishuClients(
            transport: platform, pace: try .feishu(path: folder.file("bot-pace")), metrics: metrics)
        let worker = BotWorker(
            store: storage, answering: IdleAnswering(), metrics: metrics, logger: services.logger)
        let callback = FeishuCallbackRoute(
            intake: FeishuIntake(
                webhooks: storage, events: storage, worker: worker, clock: clock, metrics: metrics,
                logger: services.logger))
        let test = FeishuTestRoute(clients: clients)
        router = Router(
            services: services,
            table: .standard(
                chatCompletions: answer, messages: answer, countTokens: answer, embeddings: answer, images: answer,
                responses: answer, feishuCallback: { call throws(GatewayError) in try await callback.handle(call) },
                feishuTest: { call throws(GatewayError) in try await test.test(call) }))
        chat.world = self
        try await fill()
    }

    private func fill() async throws {
        let setup = Operator(keyID: nil, name: "setup")
        _ = try await storage.create(name: "staff", key: "", by: setup)
        for caller in [Caller.user, .admin, .disabled, .expired] {
            guard let text = caller.key, let key = APIKey(text) else { continue }
            var new = NewKey(hash: key.hash, maskedKey: key.masked, name: caller.rawValue, monthQuota: nil)
            // The keys that are not in force are an administrator's, so that nothing but that refuses them.
            new.role = caller == .user ? .user : .admin
            new.groupID = Self.group
            if caller == .expired { new.expiresAt = clock.now.adding(seconds: -1) }
            let record = try await storage.create(new, by: setup)
            if caller == .disabled { storage.keys[record.id]?.isDisabled = true }
        }
        let model = try await storage.create(
            NewModel(
                name: "vendor/claude:1", provider: "secretive",
                config: ["modelId": "m", "apiKey": "sk-very-secret-7777"],
                prices: PriceList(input: Money(nanodollars: 3_000_000_000), output: .zero)), by: setup)
        _ = try await storage.grant(model.id, to: .group(Self.group), by: setup)
        storage.audit = []
    }

    private func chat(_ exchange: any HTTPExchange, _ key: KeyRecord) async throws(GatewayError) {
        chats += 1
        if let onChat { return try await onChat(exchange, key) }
        do throws(ClientGone) {
            try await exchange.respond(HTTPResponse(json: ["chat": true]))
        } catch { throw .cancelled }
    }

    /// Sends a request and gives back what was answered.
    func send(
        _ method: String, _ target: String, as caller: Caller = .admin, json: String? = nil
    ) async -> RecordedExchange {
        let exchange = RecordedExchange(method, target, key: caller.key, json: json)
        await router.handle(exchange)
        return exchange
    }
}

/// Lets the table be made before the world that it calls.
@LoopActor
private final class ChatSlot {
    weak var world: World?
}

/// Answers no event of a bot.
private struct IdleAnswering: BotAnswering {
    func answer(_ event: BotEvent) async -> BotEventEnding? { .done }
}

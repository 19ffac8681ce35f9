internal import Bots
internal import Core
internal import EventLoop
internal import Gateway
internal import Logging
internal import Providers
internal import Routes
internal import Settings
internal import Storage
internal import Upstream

/// Where the modules meet: the only file that knows which implementation stands behind which protocol.
enum Composition {
    /// Brings the database to this program's schema; answers what was done, for a person.
    static func migrate(_ settings: Settings) throws(CommandFailure) -> String {
        do throws(StorageOpenError) {
            let outcome = try Migrator.migrate(path: settings.database)
            let now = "\(settings.database): schema \(outcome.after)"
            if outcome.before == outcome.after { return now + ", nothing to do" }
            return now + (outcome.before == 0 ? ", newly made" : ", brought from \(outcome.before)")
        } catch {
            throw CommandFailure("\(error)", code: .storage)
        }
    }

    /// The stores, for a command that works on them and ends.
    @LoopActor
    static func openStores(_ settings: Settings) throws(CommandFailure) -> Stores {
        stores(try openStorage(settings, metrics: nil))
    }

    /// Everything that serves.
    @LoopActor
    static func start(_ settings: Settings, logger: Logger) throws(CommandFailure) -> any Application {
        let metrics = try openMetrics(settings)
        let storage = try openStorage(settings, metrics: metrics)
        let clock = SystemClock()
        let transport = try transport()
        let registry = ProviderRegistry(providers(transport: transport, clock: clock))
        let services = Services(
            stores: stores(storage), providers: registry, clock: clock, metrics: metrics, metricsSource: metrics,
            logger: logger, settings: routeSettings(settings))
        let gateway = ChatGateway(
            models: storage, ledger: storage, providers: registry, clock: clock, metrics: metrics, logger: logger,
            settings: gatewaySettings(settings), fetcher: GuardedFetcher(transport: transport))
        let chat = ChatCompletionsRoute(
            gateway: gateway, clock: clock, bodyLimit: settings.maximumBody)
        let messages = MessagesRoute(gateway: gateway, bodyLimit: settings.maximumBody)
        let embeddings = EmbeddingsRoute(gateway: gateway, bodyLimit: settings.maximumBody)
        let images = ImagesRoute(gateway: gateway, clock: clock, bodyLimit: settings.maximumBody)
        let responses = ResponsesRoute(gateway: gateway, clock: clock, bodyLimit: settings.maximumBody)
        let bots = try BotComposition(
            storage: storage, gateway: gateway, transport: transport, clock: clock, metrics: metrics, logger: logger,
            pace: settings.stateDirectory + "/bot-pace")
        let table = RouteTable.standard(
            chatCompletions: { (exchange, key) throws(GatewayError) in try await chat.handle(exchange, key: key) },
            messages: { (exchange, key) throws(GatewayError) in try await messages.handle(exchange, key: key) },
            countTokens: { (exchange, key) throws(GatewayError) in try await messages.count(exchange, key: key) },
            embeddings: { (exchange, key) throws(GatewayError) in try await embeddings.handle(exchange, key: key) },
            images: { (exchange, key) throws(GatewayError) in try await images.handle(exchange, key: key) },
            responses: { (exchange, key) throws(GatewayError) in try await responses.handle(exchange, key: key) },
            feishuCallback: { call throws(GatewayError) in try await bots.callback.handle(call) },
            feishuTest: { call throws(GatewayError) in try await bots.test.test(call) })
        return try GatewayApplication(
            storage: storage, gateway: gateway, lifecycle: services.lifecycle, metrics: metrics,
            router: Router(services: services, table: table), bots: bots.worker, retention: retention(settings))
    }

    @LoopActor
    private static func transport() throws(CommandFailure) -> CurlTransport {
        do {
            return try CurlTransport(userAgent: "brook/\(Version.current)")
        } catch {
            throw CommandFailure("libcurl cannot be started: \(error)", code: .usage)
        }
    }

    private static func providers(transport: CurlTransport, clock: any WallClock) -> [any ChatProvider] {
        [
            BedrockConverseProvider(transport: transport, clock: clock), OpenAICompatibleProvider(transport: transport),
            AnthropicProvider(transport: transport), EchoProvider(),
        ]
    }

    static func openStorage(
        _ settings: Settings, metrics: (any MetricsRecorder)?
    ) throws(CommandFailure) -> SQLiteStorage {
        do throws(StorageOpenError) {
            return try SQLiteStorage.open(
                path: settings.database, secretKeyPath: settings.secretKeyFile, metrics: metrics)
        } catch {
            throw CommandFailure("\(error)", code: .storage)
        }
    }

    /// Counts are for all workers of an instance, so they are in a file beside the database.
    private static func openMetrics(_ settings: Settings) throws(CommandFailure) -> SharedMetrics {
        let path = settings.stateDirectory + "/metrics"
        do {
            return try SharedMetrics(path: path)
        } catch {
            throw CommandFailure(
                "\(path) cannot be used, \(error): give the user that runs brook access to \(settings.stateDirectory)",
                code: .storage)
        }
    }

    private static func stores(_ storage: SQLiteStorage) -> Stores {
        Stores(
            keys: storage, models: storage, groups: storage, rights: storage, records: storage, payments: storage,
            audit: storage, statistics: storage, webhooks: storage, botEvents: storage,
            health: storage)
    }

    static func gatewaySettings(_ settings: Settings) -> GatewaySettings {
        var result = GatewaySettings()
        result.recordsText = settings.recordsText
        result.fetching = settings.fetching
        return result
    }

    static func retention(_ settings: Settings) -> RetentionPolicy {
        RetentionPolicy(textDays: settings.textRetentionDays, recordDays: settings.recordRetentionDays)
    }

    private static func routeSettings(_ settings: Settings) -> RouteSettings {
        var result = RouteSettings()
        result.bodyLimit = settings.maximumBody
        result.recordsText = settings.recordsText
        return result
    }
}

package import Core
internal import EventLoop
package import Logging
package import Providers

/// What routes work with. One value a process; its parts are the contracts of Core, so that routes know neither SQL nor
/// sockets.
package final class Services: Sendable {
    package let stores: Stores
    package let providers: ProviderRegistry
    package let clock: any WallClock
    package let metrics: any MetricsRecorder
    /// Where `/metrics` reads.
    package let metricsSource: any MetricsSource
    package let logger: Logger
    package let settings: RouteSettings
    /// Told by the process when it drains; read by `/readyz`.
    package let lifecycle: Lifecycle
    let readiness: Readiness

    package init(
        stores: Stores, providers: ProviderRegistry, clock: any WallClock, metrics: any MetricsRecorder,
        metricsSource: any MetricsSource, logger: Logger, settings: RouteSettings = RouteSettings(),
        lifecycle: Lifecycle = Lifecycle()
    ) {
        self.stores = stores
        self.providers = providers
        self.clock = clock
        self.metrics = metrics
        self.metricsSource = metricsSource
        self.logger = logger
        self.settings = settings
        self.lifecycle = lifecycle
        readiness = Readiness(health: stores.health, lifecycle: lifecycle, timeout: settings.readinessTimeout)
    }
}

/// The stores that routes read and write.
package struct Stores: Sendable {
    package let keys: any KeyStore
    package let models: any ModelStore
    package let groups: any GroupStore
    package let rights: any RightStore
    package let records: any RecordStore
    package let payments: any PaymentStore
    package let audit: any AuditStore
    package let statistics: any StatisticsStore
    package let webhooks: any WebhookStore
    package let botEvents: any BotEventStore
    package let health: any StorageHealth

    package init(
        keys: any KeyStore, models: any ModelStore, groups: any GroupStore, rights: any RightStore,
        records: any RecordStore, payments: any PaymentStore, audit: any AuditStore, statistics: any StatisticsStore,
        webhooks: any WebhookStore, botEvents: any BotEventStore, health: any StorageHealth
    ) {
        self.keys = keys
        self.models = models
        self.groups = groups
        self.rights = rights
        self.records = records
        self.payments = payments
        self.audit = audit
        self.statistics = statistics
        self.webhooks = webhooks
        self.botEvents = botEvents
        self.health = health
    }
}

/// What an operator may set about routes.
package struct RouteSettings: Sendable, Equatable {
    /// The largest body of an LLM call, in bytes. nginx's `client_max_body_size` must not be smaller.
    package var bodyLimit = 32 * 1024 * 1024
    /// The largest body of a management request, in bytes.
    package var managementBodyLimit = 1024 * 1024
    package var modelTestLimits = ModelTrialLimits()
    /// Whether prompts and answers are stored, where the key does not say otherwise.
    package var recordsText = true
    /// How long `/readyz` waits for storage.
    package var readinessTimeout = Duration.seconds(2)

    package init() {}
}

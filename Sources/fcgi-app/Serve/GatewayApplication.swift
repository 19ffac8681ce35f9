internal import Bots
internal import Core
internal import EventLoop
internal import FastCGI
internal import Gateway
internal import Routes
internal import Settings
internal import Storage

/// The router behind a FastCGI server on descriptor 0, over one database.
@LoopActor
final class GatewayApplication: Application {
    private let storage: SQLiteStorage
    private let gateway: ChatGateway
    private let lifecycle: Lifecycle
    private let server: FastCGIServer
    private var memory = IdleMemory()
    private let bots: BotWorker
    private let upkeep: Upkeep
    private let upkeepTask: Task<Void, Never>

    init(
        storage: SQLiteStorage, gateway: ChatGateway, lifecycle: Lifecycle, metrics: SharedMetrics, router: Router,
        bots: BotWorker, retention: RetentionPolicy
    ) throws(CommandFailure) {
        self.storage = storage
        self.gateway = gateway
        self.lifecycle = lifecycle
        self.bots = bots
        let upkeep = Upkeep(storage, retention: retention)
        self.upkeep = upkeep
        upkeepTask = LoopActor.start { await upkeep.run() }
        do throws(FastCGIError) {
            let share = LoadShare(metrics)
            server = try FastCGIServer(
                listener: 0, metrics: metrics, makeRequestID: RequestID.make, isBusierThanOthers: { share.isLarge }
            ) { exchange in
                await router.handle(exchange)
            }
            try server.start()
            bots.sweep()
        } catch {
            throw CommandFailure("\(error)", code: .usage)
        }
    }

    func sweep() {
        storage.sweepHolds()
        gateway.sweep()
        bots.sweep()
        memory.look(served: server.served, active: server.active)
    }

    func adopt(_ settings: Settings) {
        gateway.settings = Composition.gatewaySettings(settings)
        upkeep.retention = Composition.retention(settings)
    }

    func drain(limit: Duration) async {
        lifecycle.beginDraining()
        upkeepTask.cancel()
        let answers = LoopActor.start { [bots] in await bots.drain(limit: limit) }
        await server.drain(limit: limit)
        await answers.value
        await storage.close()
    }

    func cutOff() {
        server.cutOff()
        bots.cutOff()
    }
}

/// Ids for requests that nginx gave none: 32 hexadecimal digits, like its own `$request_id`.
enum RequestID {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

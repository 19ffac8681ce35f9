internal import Bots
internal import Core
internal import EventLoop
internal import Gateway
internal import Logging
internal import Routes
internal import Storage
internal import Upstream

/// The bots' part of what serves.
struct BotComposition {
    let worker: BotWorker
    let callback: FeishuCallbackRoute
    let test: FeishuTestRoute

    /// - Parameter pace: the file in which all workers note their calls of platforms.
    init(
        storage: SQLiteStorage, gateway: ChatGateway, transport: CurlTransport, clock: SystemClock,
        metrics: any MetricsRecorder, logger: Logger, pace path: String
    ) throws(CommandFailure) {
        let pace: SharedPace
        do throws(SystemCallError) { pace = try .feishu(path: path) } catch {
            throw CommandFailure("\(path) cannot be used, \(error)", code: .storage)
        }
        let clients = FeishuClients(transport: transport, pace: pace, metrics: metrics)
        let calls = BotCalls(
            gateway: gateway, keys: storage, models: storage, events: storage, clock: clock,
            makeRequestID: RequestID.make)
        let answerer = FeishuAnswerer(
            webhooks: storage, events: storage, calls: calls, clients: clients, logger: logger)
        worker = BotWorker(store: storage, answering: answerer, metrics: metrics, logger: logger)
        callback = FeishuCallbackRoute(
            intake: FeishuIntake(
                webhooks: storage, events: storage, worker: worker, clock: clock, metrics: metrics, logger: logger))
        test = FeishuTestRoute(clients: clients)
    }
}

package import Core
package import EventLoop

/// The clients of this process, one an app and its credentials, so that each app's token is fetched once.
@LoopActor
package final class FeishuClients {
    private static let most = 1000

    private let transport: any Transport
    private let pace: SharedPace
    private let metrics: any MetricsRecorder
    private var clients: [String: FeishuClient] = [:]

    package nonisolated init(transport: any Transport, pace: SharedPace, metrics: any MetricsRecorder) {
        self.transport = transport
        self.pace = pace
        self.metrics = metrics
    }

    package func client(for config: FeishuConfig) -> FeishuClient {
        let name = [config.baseURL, config.appID, config.appSecret].joined(separator: "\n")
        if let client = clients[name] { return client }
        // Secrets that were changed leave clients behind.
        if clients.count >= Self.most { clients = [:] }
        let client = FeishuClient(config, transport: transport, pace: pace, metrics: metrics)
        clients[name] = client
        return client
    }
}

extension SharedPace {
    /// The platform's limits for an app, 50 calls a second and 1,000 a minute, with room for calls that take unequally long
    /// to arrive.
    package static func feishu(path: String) throws(SystemCallError) -> SharedPace {
        try SharedPace(
            path: path, second: Rate(burst: 8, perPeriod: 38, period: .seconds(1)),
            minute: Rate(burst: 120, perPeriod: 840, period: .seconds(60)))
    }
}

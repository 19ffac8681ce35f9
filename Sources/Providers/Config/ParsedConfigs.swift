internal import Core
internal import EventLoop

/// Parsed configurations by model name. Each is used only while the configuration is still the same, so that a change
/// holds at the next call.
@LoopActor
final class ParsedConfigs<Config: Sendable> {
    private static var most: Int { 512 }

    private var entries: [String: (source: JSONObject, config: Config)] = [:]
    private let parse: @Sendable (JSONObject) throws(GatewayError) -> Config

    nonisolated init(_ parse: @escaping @Sendable (JSONObject) throws(GatewayError) -> Config) { self.parse = parse }

    /// What was saved had been checked; if it is wrong all the same, the client cannot mend it.
    func config(of target: ProviderTarget) throws(GatewayError) -> Config {
        if let known = entries[target.model], known.source == target.config { return known.config }
        let config: Config
        do throws(GatewayError) { config = try parse(target.config) } catch {
            throw .upstream(
                status: 500, code: "model_misconfigured", "The model '\(target.model)' is not configured correctly.",
                cause: error.message)
        }
        if entries.count >= Self.most { entries.removeAll() }
        entries[target.model] = (target.config, config)
        return config
    }
}

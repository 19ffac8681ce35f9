internal import Core

/// Turns `cache_control` marks into `cachePoint` blocks, at most four a request (conformance C1, C2).
struct ConverseCachePoints: Sendable {
    static let maximum = 4

    private let capabilities: ModelCapabilities
    private(set) var count = 0

    init(_ capabilities: ModelCapabilities) { self.capabilities = capabilities }

    /// Nil when there is no mark, the model knows no cache points, or four are placed already.
    mutating func point(_ cacheControl: JSONObject?) -> JSONValue? {
        guard capabilities.cachePoints != .none, let cacheControl, count < Self.maximum else { return nil }
        count += 1
        var point: JSONObject = ["type": "default"]
        if capabilities.cacheTTL, let ttl = cacheControl.present("ttl")?.string, ttl == "5m" || ttl == "1h" {
            point["ttl"] = .string(ttl)
        }
        return ["cachePoint": .object(point)]
    }
}

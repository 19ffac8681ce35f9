internal import Core

/// How long the stable part of every prompt is cached (conformance C3).
enum PromptCache: String, Sendable, CaseIterable {
    case fiveMinutes = "5m"
    case oneHour = "1h"

    /// Nil when `config.promptCache` is absent.
    init?(_ reader: BedrockConfigReader) throws(GatewayError) {
        guard let text = try reader.string("promptCache") else { return nil }
        guard let found = PromptCache(rawValue: text) else { throw reader.fail("promptCache", "must be 5m or 1h") }
        self = found
    }

    /// The mark that a client would write.
    var cacheControl: JSONObject { ["type": "ephemeral", "ttl": .string(rawValue)] }
}

internal import Core

/// Bedrock's token counts in the ledger's kinds (conformance Y1-Y4).
enum ConverseUsage {
    /// A call that counts more is a broken one; the bound keeps sums within 64 bits.
    private static let maximum = 1_000_000_000_000

    /// `inputTokens` excludes what was read from or written to a cache. `cacheDetails` tells the lifetimes of what was
    /// written, and is used only if it adds up.
    static func usage(_ object: JSONObject, reasoning: Int? = nil) -> TokenUsage {
        var usage = TokenUsage(
            input: count(object, "inputTokens") ?? 0, output: count(object, "outputTokens") ?? 0,
            cacheRead: count(object, "cacheReadInputTokens") ?? 0)
        var fiveMinutes = 0
        var oneHour = 0
        for entry in (object.present("cacheDetails")?.array ?? []).prefix(64) {
            guard let detail = entry.object, let tokens = count(detail, "inputTokens") else { continue }
            if detail["ttl"]?.string == "1h" { oneHour += tokens } else { fiveMinutes += tokens }
        }
        let written = count(object, "cacheWriteInputTokens") ?? fiveMinutes + oneHour
        let addsUp = fiveMinutes + oneHour == written
        usage.cacheWrite = addsUp ? fiveMinutes : written
        usage.cacheWriteOneHour = addsUp ? oneHour : 0
        usage.reasoning = reasoning.map { min($0, usage.output) }
        return usage
    }

    /// Tokens of thinking, where the model told them at ``ConverseRequestBody/usagePath``; never guessed (conformance Y2).
    static func reasoning(_ fields: JSONValue?) -> Int? {
        guard let details = fields?.object?["usage"]?.object?["output_tokens_details"]?.object else { return nil }
        return count(details, "thinking_tokens") ?? count(details, "reasoning_tokens")
    }

    private static func count(_ object: JSONObject, _ name: String) -> Int? {
        guard let value = object.present(name)?.int else { return nil }
        return min(max(value, 0), maximum)
    }
}

internal import Core

/// Reads OpenAI's `usage`, with the dialects in which others count cached tokens.
enum OpenAIUsage {
    /// More tokens than any call has; keeps a broken counter from overflowing the ledger's sums.
    private static let most = 1_000_000_000

    /// Nil when the object carries no counts.
    static func read(_ usage: JSONObject) -> TokenUsage? {
        guard let prompt = count(usage["prompt_tokens"]) else { return nil }
        let details = usage["prompt_tokens_details"]?.object
        let read = min(
            prompt, count(details?["cached_tokens"]) ?? count(usage["prompt_cache_hit_tokens"]) ?? 0)
        let written = min(prompt - read, count(details?["cache_creation_tokens"]) ?? 0)
        let output =
            count(usage["completion_tokens"]) ?? count(usage["total_tokens"]).map { max(0, $0 - prompt) } ?? 0
        return TokenUsage(
            input: prompt - read - written, output: output, cacheRead: read, cacheWrite: written,
            reasoning: count(usage["completion_tokens_details"]?.object?["reasoning_tokens"]))
    }

    /// That of images, which is told in other words. Nil when the object carries no counts.
    static func readImages(_ usage: JSONObject) -> TokenUsage? {
        guard let input = count(usage["input_tokens"]) else { return nil }
        return TokenUsage(input: input, output: count(usage["output_tokens"]) ?? 0)
    }

    private static func count(_ value: JSONValue?) -> Int? {
        guard let number = value?.int else { return nil }
        return min(max(number, 0), most)
    }
}

internal import Core

extension GatewayError {
    /// 429 for a call that one of the key's limits does not let begin now.
    ///
    /// - Parameter tokens: what the call may use, by estimate.
    static func limited(_ refusal: LimitRefusal, tokens: Int) -> GatewayError {
        let value = refusal.value
        let wait = refusal.retryAfterSeconds
        let message =
            switch refusal.limit {
            case .requestsPerMinute:
                "The key's limit of \(value) requests a minute (rpm) is reached. Try again in \(wait) s."
            case .tokensPerMinute:
                """
                The key's limit of \(value) tokens a minute (tpm) is reached: this call may use \(tokens) beside those of \
                the last minute and of running calls. Try again in \(wait) s, or ask for fewer tokens.
                """
            case .parallel:
                """
                The key's limit of \(value) calls at a time (max_parallel) is reached. Try again when one of them has \
                ended.
                """
            }
        return .rateLimited(message, retryAfterSeconds: wait)
    }
}

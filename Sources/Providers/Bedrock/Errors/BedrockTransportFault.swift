internal import Core

/// Failures below HTTP as clients see them.
enum BedrockTransportFault {
    /// While waiting for the answer's status: nothing of an answer exists.
    static func beforeAnswer(_ error: TransportError) -> GatewayError {
        switch error {
        case .connect(let reason):
            .upstream(
                code: "upstream_unreachable", "The provider cannot be reached.",
                cause: "Bedrock: \(BedrockScrubber.scrub(reason))")
        case .cut(let reason):
            .upstream(
                code: "upstream_unreachable", "The provider closed the connection without an answer.",
                cause: "Bedrock: \(BedrockScrubber.scrub(reason))")
        case .timeout(let phase): timeout("The provider did not answer in time.", cause: "deadline: \(phase.rawValue)")
        case .cancelled: .cancelled
        case .tooLarge: .upstream("The provider's answer is too large.", cause: "Bedrock: the answer is too large")
        case .badRequest(let reason):
            .internal(cause: "the call to Bedrock cannot be sent: \(BedrockScrubber.scrub(reason))")
        }
    }

    /// While the body is read.
    static func withinAnswer(_ error: TransportError) -> GatewayError {
        switch error {
        case .connect(let reason), .cut(let reason):
            .truncated(cause: "Bedrock: \(BedrockScrubber.scrub(reason))")
        case .timeout, .cancelled, .tooLarge, .badRequest: beforeAnswer(error)
        }
    }

    static func timeout(_ message: String, cause: String? = nil) -> GatewayError {
        GatewayError(status: 504, type: "timeout", code: "upstream_timeout", message: message, cause: cause)
    }
}

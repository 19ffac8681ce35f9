internal import Core

extension BedrockFault {
    /// What a fault means, whatever it is called.
    enum Kind: Sendable {
        case invalid, credentials, notFound, throttled, timeout, model, server, unavailable, tooLarge, unknown
    }

    /// Conformance 5.10, by type; by status where the type is unknown.
    var kind: Kind {
        type.flatMap { Self.kinds[$0] } ?? status.map(Self.kind(ofStatus:)) ?? .unknown
    }

    private static let kinds: [String: Kind] = [
        "ValidationException": .invalid,
        "SerializationException": .invalid,
        "AccessDeniedException": .credentials,
        "UnrecognizedClientException": .credentials,
        "ExpiredToken": .credentials,
        "ExpiredTokenException": .credentials,
        "InvalidSignatureException": .credentials,
        "SignatureDoesNotMatch": .credentials,
        "IncompleteSignature": .credentials,
        "IncompleteSignatureException": .credentials,
        "InvalidClientTokenId": .credentials,
        "MissingAuthenticationToken": .credentials,
        "MissingAuthenticationTokenException": .credentials,
        "NotAuthorizedException": .credentials,
        "OptInRequired": .credentials,
        "RequestExpired": .credentials,
        "ResourceNotFoundException": .notFound,
        "ThrottlingException": .throttled,
        "Throttling": .throttled,
        "TooManyRequestsException": .throttled,
        "LimitExceededException": .throttled,
        "ModelNotReadyException": .throttled,
        "ServiceQuotaExceededException": .throttled,
        "ModelTimeoutException": .timeout,
        "ModelErrorException": .model,
        "ModelStreamErrorException": .model,
        "InternalServerException": .server,
        "InternalFailure": .server,
        "InternalServerError": .server,
        "ServiceUnavailableException": .unavailable,
        "ServiceUnavailable": .unavailable,
        "SlowDown": .throttled,
    ]

    private static func kind(ofStatus status: Int) -> Kind {
        switch status {
        case 400, 422: .invalid
        case 401, 403: .credentials
        case 404: .notFound
        case 408, 504: .timeout
        case 413: .tooLarge
        case 424: .model
        case 429: .throttled
        case 500: .server
        case 503, 529: .unavailable
        default: .unknown
        }
    }

    /// The error as clients see it. Trouble with our own credentials is not theirs to read about.
    var gatewayError: GatewayError {
        untimedError.noting(cause: cause, providerText: providerText, retryAfterSeconds: retryAfterSeconds)
    }

    private var untimedError: GatewayError {
        let said = BedrockScrubber.scrub(message)
        switch kind {
        case .invalid:
            return .invalid(
                said.isEmpty ? "The provider refused the request as invalid." : said,
                code: isTooLong ? "context_length_exceeded" : "invalid_value")
        case .credentials:
            return .upstream(
                code: "upstream_auth", "The provider refused the gateway's credentials. Tell the gateway's operator.")
        case .notFound:
            return .notFound(
                said.isEmpty ? "The provider does not know the model." : said, code: "model_not_found", param: "model")
        case .throttled:
            return GatewayError(
                status: 429, type: "rate_limit_error", code: "rate_limit_exceeded",
                message: "The provider limits the rate of calls at the moment. Try again later.")
        case .timeout: return BedrockTransportFault.timeout("The model did not answer in time.")
        case .model: return .upstream("The model failed while it processed the request.")
        case .server: return .upstream(status: 500, "The provider failed. Try again.")
        case .unavailable:
            return .upstream(
                status: 503, code: "overloaded", "The provider is not available at the moment. Try again later.")
        case .tooLarge: return .tooLarge("The request is larger than the provider takes.")
        case .unknown: return .upstream("The provider answered with an error.")
        }
    }

    /// The service has one type for all that is invalid; only its words tell an overlong prompt.
    private var isTooLong: Bool {
        let text = message.lowercased()
        return [
            "too long", "too many input tokens", "too many total text bytes", "maximum context", "context length",
            "context window", "exceeds the maximum number of tokens", "prompt is too large",
        ].contains { text.contains($0) }
    }
}

internal import Core

/// What may help after an attempt failed: the last column of conformance.md 5.10, by the codes that all providers share.
enum Recovery: Equatable {
    /// Nothing: the request is at fault, or the client has left.
    case none
    /// Another model alone: this one is not there, or not configured well.
    case otherModel
    /// Other credentials: these are refused or used up.
    case otherCredentials
    /// Another attempt, but only one: it may cost as much as the first, and is as likely to fail.
    case once
    /// The provider limits the rate of calls.
    case throttled
    /// Another attempt, here or elsewhere.
    case again

    init(_ error: GatewayError) {
        switch error.code {
        case "cancelled": self = .none
        case "upstream_auth", "upstream_quota": self = .otherCredentials
        case "model_not_found", "model_misconfigured", "internal_error": self = .otherModel
        case "rate_limit_exceeded": self = .throttled
        case "upstream_timeout", GatewayError.truncatedCode: self = .once
        case "upstream_unreachable", "overloaded": self = .again
        default: self = Self.byStatus(error.status)
        }
    }

    private static func byStatus(_ status: Int) -> Recovery {
        switch status {
        case 429: .throttled
        case 500, 503: .again
        case 504: .once
        case 501...: .once
        default: .none
        }
    }

    /// How many further attempts at the same model it may lead to, of those that the configuration allows.
    func retries(of most: Int) -> Int {
        switch self {
        case .none, .otherModel: 0
        case .once: min(1, most)
        case .otherCredentials, .throttled, .again: most
        }
    }
}

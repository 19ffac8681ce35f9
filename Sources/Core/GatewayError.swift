/// A call that is refused or fails: the HTTP status, what the client may read, and what only the log may.
///
/// Routes render it in the dialect of the surface; nothing else writes error bodies. The factories keep status, type and
/// code together as OpenAI's clients expect them (conformance.md 5.10, design.md section 5). A class, since every
/// function that throws one has room for it in its frame, and the frames of `async` functions are allocated.
package final class GatewayError: Error {
    package let status: Int
    /// OpenAI's `type`.
    package let type: String
    /// OpenAI's `code`, stable.
    package let code: String
    /// For the client: no key, secret, ARN, account id, prompt or SQL.
    package let message: String
    /// The request member at fault, such as `messages[2].content`.
    package let param: String?
    package let retryAfterSeconds: Int?
    /// How the key stands with its limits; told in the answer's header fields.
    package let windows: LimitWindows?
    /// For the log only: what failed, in words of our own or of a library's. Never a provider's, see ``providerText``.
    package let cause: String?
    /// What the provider said. It may repeat the prompt or the answer, so it is logged at level debug alone.
    package let providerText: String?

    package init(
        status: Int, type: String, code: String, message: String, param: String? = nil, retryAfterSeconds: Int? = nil,
        windows: LimitWindows? = nil, cause: String? = nil, providerText: String? = nil
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.param = param
        self.retryAfterSeconds = retryAfterSeconds
        self.windows = windows
        self.cause = cause
        self.providerText = providerText
    }

    /// The same error with other words for the log, and with a time to wait if one is given.
    package func noting(
        cause: String?, providerText: String? = nil, retryAfterSeconds: Int? = nil
    ) -> GatewayError {
        GatewayError(
            status: status, type: type, code: code, message: message, param: param,
            retryAfterSeconds: retryAfterSeconds ?? self.retryAfterSeconds, windows: windows, cause: cause,
            providerText: providerText)
    }

    /// The same error for a key that has limits.
    package func telling(_ windows: LimitWindows) -> GatewayError {
        GatewayError(
            status: status, type: type, code: code, message: message, param: param,
            retryAfterSeconds: retryAfterSeconds, windows: windows, cause: cause, providerText: providerText)
    }

    /// 400. `param` names the field; the message says the remedy.
    package static func invalid(_ message: String, param: String? = nil, code: String = "invalid_value") -> GatewayError
    {
        GatewayError(status: 400, type: "invalid_request_error", code: code, message: message, param: param)
    }

    package static func invalidKey(_ message: String) -> GatewayError {
        GatewayError(status: 401, type: "authentication_error", code: "invalid_api_key", message: message)
    }

    package static func forbidden(_ message: String, code: String) -> GatewayError {
        GatewayError(status: 403, type: "permission_error", code: code, message: message)
    }

    package static func notFound(_ message: String, code: String = "not_found", param: String? = nil) -> GatewayError {
        GatewayError(status: 404, type: "invalid_request_error", code: code, message: message, param: param)
    }

    package static func conflict(_ message: String, param: String? = nil) -> GatewayError {
        GatewayError(status: 409, type: "invalid_request_error", code: "conflict", message: message, param: param)
    }

    package static func tooLarge(_ message: String) -> GatewayError {
        GatewayError(status: 413, type: "invalid_request_error", code: "request_too_large", message: message)
    }

    /// 429 that clears up by itself.
    package static func rateLimited(_ message: String, retryAfterSeconds: Int) -> GatewayError {
        GatewayError(
            status: 429, type: "rate_limit_error", code: "rate_limit_exceeded", message: message,
            retryAfterSeconds: retryAfterSeconds)
    }

    /// 429 that no retry helps; rendered with `x-should-retry: false`.
    package static func insufficientQuota(_ message: String) -> GatewayError {
        GatewayError(status: 429, type: "insufficient_quota", code: "insufficient_quota", message: message)
    }

    package static func storageUnavailable(cause: String) -> GatewayError {
        GatewayError(
            status: 503, type: "server_error", code: "storage_unavailable",
            message: "The gateway's storage is not available. Try again shortly.", retryAfterSeconds: 1, cause: cause)
    }

    /// Trouble at the provider: 500, 502, 503 or 504.
    package static func upstream(
        status: Int = 502, code: String = "upstream_error", _ message: String, cause: String? = nil
    ) -> GatewayError {
        GatewayError(status: status, type: "server_error", code: code, message: message, cause: cause)
    }

    /// The provider's answer ended before its protocol's end.
    package static func truncated(cause: String? = nil) -> GatewayError {
        upstream(code: Self.truncatedCode, "The provider's answer ended early.", cause: cause)
    }

    package static let truncatedCode = "stream_truncated"

    /// The client has gone; rendered to nobody.
    package static let cancelled = GatewayError(
        status: 499, type: "cancelled", code: "cancelled", message: "The client closed the connection.")

    package var isCancelled: Bool { code == "cancelled" }

    package static func `internal`(cause: String) -> GatewayError {
        GatewayError(
            status: 500, type: "server_error", code: "internal_error",
            message: "The gateway failed. Quote the request id to its operator.", cause: cause)
    }
}

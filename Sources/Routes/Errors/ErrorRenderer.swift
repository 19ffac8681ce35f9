package import Core

/// Turns a failure into an answer. Nothing else writes error bodies of whole answers.
package enum ErrorRenderer {
    package static func response(_ error: GatewayError, dialect: Dialect, requestID: String) -> HTTPResponse {
        var headers: HeaderFields = ["Cache-Control": "no-store"]
        if let seconds = error.retryAfterSeconds { headers["Retry-After"] = String(seconds) }
        if let windows = error.windows { headers.tell(windows) }
        // The openai client repeats every 429 unless told not to; a quota does not come back by waiting.
        if error.code == "insufficient_quota" { headers["x-should-retry"] = "false" }
        // RFC 9110 section 15.5.2 asks for a challenge with every 401.
        if error.status == 401 { headers["WWW-Authenticate"] = "Bearer realm=\"brook\"" }
        let body = body(error, dialect: dialect, requestID: requestID)
        return HTTPResponse(status: error.status, json: .object(body), headers: headers)
    }

    /// The error as a document; a stream's error event carries the same.
    package static func body(_ error: GatewayError, dialect: Dialect, requestID: String) -> JSONObject {
        switch dialect {
        case .openAI: openAI(error)
        case .anthropic: anthropic(error, requestID: requestID)
        case .management: management(error, requestID: requestID)
        }
    }

    private static func openAI(_ error: GatewayError) -> JSONObject {
        [
            "error": [
                "message": .string(error.message), "type": .string(error.type), "param": .optional(error.param),
                "code": .string(error.code),
            ]
        ]
    }

    private static func anthropic(_ error: GatewayError, requestID: String) -> JSONObject {
        let type =
            switch error.status {
            case 401: "authentication_error"
            case 403: "permission_error"
            case 404: "not_found_error"
            case 413: "request_too_large"
            case 429: "rate_limit_error"
            case 400..<500: "invalid_request_error"
            case 503, 529: "overloaded_error"
            case 504: "timeout_error"
            default: "api_error"
            }
        return [
            "type": "error", "error": ["type": .string(type), "message": .string(error.message)],
            "request_id": .string(requestID),
        ]
    }

    private static func management(_ error: GatewayError, requestID: String) -> JSONObject {
        var detail: JSONObject = [
            "message": .string(error.message), "type": .string(error.type), "code": .string(error.code),
        ]
        if let param = error.param { detail["param"] = .string(param) }
        detail["request_id"] = .string(requestID)
        return ["success": false, "data": .string(error.message), "error": .object(detail)]
    }
}

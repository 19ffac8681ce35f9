internal import Core

/// Turns what Anthropic's API says of a failure into the gateway's error.
///
/// Statuses mean what they mean everywhere; what is Anthropic's own are the types of errors inside of a stream
/// (https://docs.anthropic.com/en/api/errors) and two kinds of 400 that are no fault of the request's form.
struct AnthropicFailure: Sendable {
    private let failure: OpenAIFailure

    init(model: String, secrets: [String]) { failure = OpenAIFailure(model: model, secrets: secrets) }

    /// A status that is no success.
    func refusal(status: Int, headers: HeaderFields, body: [UInt8]) -> GatewayError {
        let report = (try? JSONParser.parse(body))?.object?["error"]?.object
        return error(status: status, headers: headers, body: body, message: report?["message"]?.string ?? "")
    }

    /// The `error` member of an error event.
    func inBand(_ report: JSONObject) -> GatewayError {
        let status = Self.statuses[report["type"]?.string ?? ""] ?? 500
        let body = JSONValue.object(["error": .object(report)]).serialized()
        return error(status: status, headers: [:], body: body, message: report["message"]?.string ?? "")
    }

    private func error(status: Int, headers: HeaderFields, body: [UInt8], message: String) -> GatewayError {
        // An account without credit is told as a fault of the request.
        let isUnpaid = status == 400 && message.contains("credit balance is too low")
        let error = failure.refusal(status: isUnpaid ? 402 : status, headers: headers, body: body)
        guard status == 400, message.hasPrefix("prompt is too long") else { return error }
        return GatewayError(
            status: 400, type: error.type, code: "context_length_exceeded", message: error.message, param: "messages",
            cause: error.cause, providerText: error.providerText)
    }

    private static let statuses = [
        "invalid_request_error": 400, "authentication_error": 401, "billing_error": 402, "permission_error": 403,
        "not_found_error": 404, "request_too_large": 413, "rate_limit_error": 429, "api_error": 500,
        "timeout_error": 504, "overloaded_error": 529,
    ]
}

internal import Core

/// Turns what an OpenAI-speaking upstream says of a failure into the gateway's error (conformance.md 5.10).
struct OpenAIFailure: Sendable {
    let model: String
    /// Texts that the upstream may quote and the client must not read.
    let secrets: [String]

    private static let longestMessage = 1000

    /// A status that is no success. HTML and empty bodies leave the status to speak.
    func refusal(status: Int, headers: HeaderFields, body: [UInt8]) -> GatewayError {
        let document = try? JSONParser.parse(body)
        let report = Report(document?.object?["error"] ?? document ?? .null)
        return error(status: status, report: report, retryAfter: Self.seconds(headers["Retry-After"]))
    }

    /// `{"error": …}` in the place of a chunk or of an answer that began as a success.
    func inBand(_ value: JSONValue) -> GatewayError {
        let report = Report(value)
        let names = [report.code, report.type].compactMap { $0 }
        var status = report.status ?? 502
        if names.contains(where: { $0.contains("rate_limit") || $0 == "insufficient_quota" }) {
            status = 429
        } else if names.contains(where: { $0.contains("overloaded") }) {
            status = 503
        } else if report.status == nil, names.contains("invalid_request_error") {
            status = 400
        }
        return error(status: status, report: report, retryAfter: nil)
    }

    static func transport(_ error: TransportError, hasAnswer: Bool) -> GatewayError {
        switch error {
        case .cancelled: .cancelled
        case .connect(let cause):
            .upstream(code: "upstream_unreachable", "The provider cannot be reached.", cause: cause)
        case .timeout(let phase):
            .upstream(
                status: 504, code: "upstream_timeout", "The provider did not answer in time.",
                cause: "deadline: \(phase.rawValue)")
        case .cut(let cause):
            hasAnswer
                ? .truncated(cause: cause)
                : .upstream("The provider closed the connection without an answer.", cause: cause)
        case .tooLarge: .upstream("The provider's answer is too large.")
        case .badRequest(let cause): .upstream(status: 500, "The provider's address cannot be called.", cause: cause)
        }
    }

    private func error(status: Int, report: Report, retryAfter: Int?) -> GatewayError {
        let text = report.message.map(harmless)
        let error = error(status: status, report: report, text: text, retryAfter: retryAfter)
        return error.noting(cause: error.cause, providerText: text)
    }

    private func error(status: Int, report: Report, text: String?, retryAfter: Int?) -> GatewayError {
        let cause = "status \(status)"
        if status == 402 || status == 429 && report.code == "insufficient_quota" {
            return .upstream(
                code: "upstream_quota", "The gateway's own account at the provider is used up. Tell its operator.",
                cause: cause)
        }
        switch status {
        case 401, 403:
            return .upstream(
                code: "upstream_auth", "The provider refuses the gateway's credentials. Tell its operator.",
                cause: cause)
        case 429:
            return .rateLimited(
                "The provider is limiting requests. Try again shortly.", retryAfterSeconds: retryAfter ?? 1
            )
            .noting(cause: cause)
        case 404:
            return .notFound(
                "The model '\(model)' does not exist at its provider.", code: "model_not_found", param: "model"
            )
            .noting(cause: cause)
        case 408, 504:
            return .upstream(
                status: 504, code: "upstream_timeout", "The provider did not answer in time.", cause: cause)
        case 413: return .tooLarge(text ?? "The provider refuses the request as too large.")
        case 400..<500:
            return .invalid(
                text ?? "The provider refuses the request.", param: report.param, code: report.code ?? "invalid_value"
            )
            .noting(cause: cause)
        case 503, 529:
            return .upstream(
                status: 503, code: "overloaded", "The provider is overloaded. Try again shortly.", cause: cause)
        default: return .upstream("The provider failed.", cause: cause)
        }
    }

    /// The upstream's words without the credentials and account names that they may quote, and not without end.
    private func harmless(_ message: String) -> String {
        var text = message
        // Before the text is cut, which could leave a part of one at its end.
        for secret in secrets { text = text.replacing(secret, with: "****") }
        text = String(text.prefix(Self.longestMessage))
        guard text.contains("arn:") else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.contains("arn:") ? "****" : String($0) }
            .joined(separator: " ")
    }

    /// Whole seconds, at most an hour; the form with a date is not read.
    private static func seconds(_ text: String?) -> Int? {
        guard let text, let number = Double(text), number.isFinite, number >= 0 else { return nil }
        return Int(min(max(number.rounded(.up), 1), 3600))
    }
}

extension OpenAIFailure {
    /// OpenAI's error object, or the shapes that stand in for it: a bare text, or `message` or `detail` at the top.
    private struct Report {
        var message: String?
        var type: String?
        var code: String?
        var param: String?
        var status: Int?

        init(_ value: JSONValue) {
            if let text = value.string { message = text }
            guard let object = value.object else { return }
            message = object["message"]?.string ?? object["detail"]?.string
            type = object["type"]?.string
            code = Self.identifier(object["code"]?.string)
            param = object["param"]?.string.map { String($0.prefix(200)) }
            if let number = object["code"]?.int ?? object["status"]?.int, (400..<600).contains(number) {
                status = number
            }
        }

        /// Codes are small identifiers; anything else is not passed on as one.
        private static func identifier(_ text: String?) -> String? {
            guard let text, (1...64).contains(text.utf8.count) else { return nil }
            let isPlain = text.utf8.allSatisfy {
                $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            return isPlain ? text : nil
        }
    }
}

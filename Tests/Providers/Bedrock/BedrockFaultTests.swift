import Core
import Testing

@testable import Providers

@Suite struct BedrockFaultTests {
    private func error(_ status: Int, _ type: String?, _ body: String, headers: HeaderFields = [:]) -> GatewayError {
        var headers = headers
        if let type { headers["x-amzn-ErrorType"] = type }
        return BedrockFault(status: status, headers: headers, body: Array(body.utf8)).gatewayError
    }

    @Test(
        "Each type has its status, type and code (5.10)",
        arguments: [
            (400, "ValidationException", 400, "invalid_request_error", "invalid_value"),
            (403, "AccessDeniedException", 502, "server_error", "upstream_auth"),
            (403, "UnrecognizedClientException", 502, "server_error", "upstream_auth"),
            (400, "ExpiredTokenException", 502, "server_error", "upstream_auth"),
            (403, "InvalidSignatureException", 502, "server_error", "upstream_auth"),
            (404, "ResourceNotFoundException", 404, "invalid_request_error", "model_not_found"),
            (429, "ThrottlingException", 429, "rate_limit_error", "rate_limit_exceeded"),
            (429, "ModelNotReadyException", 429, "rate_limit_error", "rate_limit_exceeded"),
            (400, "ServiceQuotaExceededException", 429, "rate_limit_error", "rate_limit_exceeded"),
            (408, "ModelTimeoutException", 504, "timeout", "upstream_timeout"),
            (424, "ModelErrorException", 502, "server_error", "upstream_error"),
            (424, "ModelStreamErrorException", 502, "server_error", "upstream_error"),
            (500, "InternalServerException", 500, "server_error", "upstream_error"),
            (503, "ServiceUnavailableException", 503, "server_error", "overloaded"),
        ])
    func table(given: Int, name: String, status: Int, type: String, code: String) {
        let error = error(given, name, #"{"message":"m"}"#)
        #expect(error.status == status)
        #expect(error.type == type)
        #expect(error.code == code)
        #expect(error.cause?.contains(name) == true)
    }

    @Test(
        "Without a type the status tells (E4)",
        arguments: [
            (400, 400), (401, 502), (403, 502), (404, 404), (408, 504), (413, 413), (424, 502), (429, 429), (500, 500),
            (502, 502), (503, 503), (504, 504), (301, 502), (418, 502),
        ])
    func statuses(given: Int, status: Int) {
        for body in ["", "<html>oops</html>", "{}", "[1]", "\"x\""] {
            #expect(error(given, nil, body).status == status)
        }
    }

    @Test("The type is found wherever it stands, with suffix and namespace (E1)")
    func places() {
        #expect(error(400, "ThrottlingException:http://internal.amazon.com/coral/x/", "{}").status == 429)
        #expect(error(400, "com.amazon.coral.service#ThrottlingException", "{}").status == 429)
        #expect(error(400, nil, ##"{"__type":"com.amazon#ThrottlingException:x"}"##).status == 429)
        #expect(error(400, nil, #"{"code":"ThrottlingException"}"#).status == 429)
        #expect(error(400, nil, #"{"__type":"throttlingException"}"#).status == 429)
    }

    @Test("The message is found under either name, or in the header field (E1)")
    func messages() {
        #expect(error(400, nil, #"{"message":"lower"}"#).message == "lower")
        #expect(error(400, nil, #"{"Message":"upper"}"#).message == "upper")
        #expect(error(400, nil, "{}", headers: ["x-amzn-errormessage": "field"]).message == "field")
        #expect(!error(400, nil, "{}").message.isEmpty)
    }

    @Test(
        "An overlong prompt has its own code",
        arguments: [
            "Input is too long for requested model.", "prompt is too long: 215301 tokens > 200000 maximum",
            "The model returned: maximum context length is 8192 tokens",
            "Too many input tokens. Max input tokens: 128000, request input token count: 150000",
        ])
    func tooLong(message: String) {
        let error = BedrockFault(type: "ValidationException", status: 400, message: message).gatewayError
        #expect(error.code == "context_length_exceeded")
    }

    @Test("Retry-After is passed on in bounds")
    func retryAfter() {
        #expect(error(429, nil, "", headers: ["retry-after": "7"]).retryAfterSeconds == 7)
        #expect(error(429, nil, "", headers: ["retry-after": "999999"]).retryAfterSeconds == 3600)
        #expect(error(429, nil, "", headers: ["retry-after": "soon"]).retryAfterSeconds == nil)
        #expect(error(429, nil, "").retryAfterSeconds == nil)
    }

    @Test("Neither answer nor log shows ARNs, accounts, keys or tokens (E2)")
    func secrets() throws {
        let token = String(repeating: "FwoGZXIvYXdz", count: 5)
        let text = """
            User: arn:aws:iam::123456789012:user/bob is not authorized (account 123456789012, key AKIAIOSFODNN7EXAMPLE, \
            token=\(token)) on resource "arn:aws:bedrock:us-east-1:123456789012:inference-profile/x"
            """
        for type in ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"] {
            let error = BedrockFault(type: type, status: 400, message: text).gatewayError
            let shown = error.message + (error.cause ?? "") + (error.providerText ?? "")
            for secret in ["123456789012", "arn:", "AKIA", "FwoGZXIvYXdz", "bob"] { #expect(!shown.contains(secret)) }
            #expect(error.providerText?.contains("is not authorized") == true)
        }
    }

    @Test(
        "Words, model ids and counts stay readable",
        arguments: [
            "max_tokens: 5000 > 4096, which is the maximum for claude-3-haiku-20240307",
            "anthropic.claude-sonnet-4-5-20250929-v1:0 isn't supported.", "messages.3.content.1: 1234567890123 bytes",
        ])
    func readable(text: String) {
        #expect(BedrockScrubber.scrub(text) == text)
    }

    @Test("Overlong texts are cut")
    func long() {
        #expect(BedrockScrubber.scrub(String(repeating: "ab ", count: 1000)).count <= 600)
    }
}

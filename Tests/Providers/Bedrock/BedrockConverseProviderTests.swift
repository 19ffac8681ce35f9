import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite struct BedrockConverseProviderTests {
    /// What one call sent and brought.
    struct Outcome: Sendable {
        var sent: [TransportRequest] = []
        var events: [ChatEvent] = []
        var error: GatewayError?
        var isCancelled = false
    }

    static let keys: JSONValue = [["accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "secret"]]
    static let config: JSONObject = ["modelId": "anthropic.claude-v2:1", "region": "us-east-1", "credentials": keys]
    static let stream = EventStreamFrame.text("Hi") + EventStreamFrame.stop() + EventStreamFrame.metadata
    static let answer =
        #"{"output":{"message":{"content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":7,"outputTokens":3}}"#

    static func call(
        _ config: JSONObject = config, environment: [String: String] = [:], maxTokens: Int? = nil,
        change: @escaping @Sendable (inout ChatRequest) -> Void = { $0.isStream = true },
        answer script: ScriptedTransport.Script = .answer(stream)
    ) async throws -> Outcome {
        var environment = environment
        environment["AWS_EC2_METADATA_DISABLED"] = "true"
        let variables = environment
        return try await onLoop {
            let transport = ScriptedTransport(script)
            let provider = BedrockConverseProvider(
                transport: transport, clock: ManualClock("2026-11-21T08:34:59Z"),
                environment: AWSEnvironment(variables))
            var request = ChatRequest(model: "m", messages: [.user("Hello")])
            change(&request)
            let target = ProviderTarget(model: "m", config: config, requestID: "r", maxTokens: maxTokens)
            var outcome = Outcome()
            do throws(GatewayError) {
                let stream = try await provider.open(request, on: target)
                while let delta = try await stream.next() { outcome.events += delta.events }
            } catch {
                outcome.error = error
            }
            outcome.sent = transport.requests
            outcome.isCancelled = transport.responses.first?.isCancelled ?? false
            return outcome
        }
    }

    @Test("Several answers to one call are refused before anything is sent (P9)")
    func severalAnswers() async throws {
        let outcome = try await Self.call(change: { $0.choiceCount = 2 })
        #expect(outcome.error?.status == 400)
        #expect(outcome.error?.param == "n")
        #expect(outcome.sent.isEmpty)
    }

    @Test("A streamed call is signed and sent to the region's endpoint (T1, T2)")
    func streamed() async throws {
        let outcome = try await Self.call()
        #expect(outcome.error == nil)
        #expect(outcome.events == [.text("Hi"), .finish(.stop), .usage(TokenUsage(input: 7, output: 3))])
        let sent = try #require(outcome.sent.first)
        #expect(sent.method == "POST")
        #expect(
            sent.url
                == "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-v2%3A1/converse-stream")
        #expect(sent.headers["Content-Type"] == "application/json")
        #expect(sent.headers["X-Amz-Date"] == "20261121T083459Z")
        let authorization = try #require(sent.headers["Authorization"])
        #expect(
            authorization.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/bedrock/aws4_request, SignedHeaders="))
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == #"{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}"#)
    }

    @Test("A whole answer comes as the same events")
    func whole() async throws {
        let outcome = try await Self.call(change: { _ in }, answer: .answer(Self.answer))
        #expect(outcome.events == [.text("Hi"), .finish(.stop), .usage(TokenUsage(input: 7, output: 3))])
        #expect(outcome.sent.first?.url.hasSuffix("/model/anthropic.claude-v2%3A1/converse") == true)
    }

    @Test("Large requests and answers, which helper threads work on, give the same")
    func large() async throws {
        let text = String(repeating: "word ", count: 60_000)
        let body = Self.answer.replacing("Hi", with: text)
        let outcome = try await Self.call(
            change: {
                $0.messages = [.user(text)]
                $0.byteCount = text.utf8.count
            }, answer: .answer(body))
        #expect(outcome.events.first == .text(text))
        #expect(outcome.sent.first?.body.count ?? 0 > text.utf8.count)
        let error = try await Self.call(
            change: {
                $0.messages = [.user(" ")]
                $0.byteCount = ChatRequest.largeBody
            }
        ).error
        #expect(error?.param == "messages")
    }

    @Test("The target's limit and the configuration's deadlines are used (P1)")
    func limits() async throws {
        var config = Self.config
        config["timeouts"] = ["first_byte_ms": 250]
        let sent = try #require(try await Self.call(config, maxTokens: 33).sent.first)
        #expect(String(decoding: sent.body, as: UTF8.self).contains(#""maxTokens":33"#))
        #expect(sent.deadlines == Deadlines(firstByte: .milliseconds(250)))
    }

    @Test("An endpoint and an ARN are used as they are, the ARN's region for signing (T2)")
    func endpoint() async throws {
        let sent = try #require(
            try await Self.call([
                "modelId": "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.a.b:0",
                "credentials": Self.keys,
                "endpoint": "http://127.0.0.1:9999/",
            ]).sent.first)
        #expect(
            sent.url
                == "http://127.0.0.1:9999/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.a.b%3A0/converse-stream"
        )
        #expect(sent.headers["Authorization"]?.contains("/eu-west-1/bedrock/") == true)
    }

    @Test("A bearer token is sent instead of a signature, and needs no region with an endpoint")
    func bearer() async throws {
        let config: JSONObject = ["modelId": "a", "endpoint": "https://vpce.example.com", "bearerToken": "token"]
        let own = try #require(try await Self.call(config).sent.first)
        #expect(own.headers["Authorization"] == "Bearer token")
        #expect(own.headers["X-Amz-Date"] == nil)
        let environment = ["AWS_BEARER_TOKEN_BEDROCK": "other", "AWS_REGION": "us-west-2"]
        let shared = try #require(try await Self.call(["modelId": "a"], environment: environment).sent.first)
        #expect(shared.headers["Authorization"] == "Bearer other")
        #expect(shared.url.hasPrefix("https://bedrock-runtime.us-west-2.amazonaws.com/"))
    }

    @Test("Without credentials or region nothing is sent; the client learns no more than that, the log does")
    func missing() async throws {
        let credentials = try await Self.call(["modelId": "a", "region": "us-east-1"])
        #expect(credentials.sent.isEmpty)
        #expect(credentials.error?.status == 500)
        #expect(credentials.error?.code == "upstream_auth")
        #expect(credentials.error?.cause?.contains("AWS_ACCESS_KEY_ID") == true)
        let region = try await Self.call(["modelId": "a", "credentials": Self.keys])
        #expect(region.sent.isEmpty)
        #expect(region.error?.status == 500)
        #expect(region.error?.cause?.contains("config.region") == true)
        let invalid = try await Self.call(["modelId": 3])
        #expect(invalid.error?.status == 500)
        #expect(invalid.error?.cause?.contains("config.modelId") == true)
    }

    @Test("A refusal before the stream has its real status (Z8, 5.10)")
    func refused() async throws {
        let outcome = try await Self.call(
            answer: .answer(
                status: 429,
                headers: [
                    "x-amzn-errortype": "ThrottlingException:http://internal/", "retry-after": "3",
                    "x-amzn-requestid": "0a1b2c3d-0000-1111-2222-333344445555",
                ], #"{"message":"Too many tokens, please wait before trying again."}"#))
        #expect(outcome.error?.status == 429)
        #expect(outcome.error?.retryAfterSeconds == 3)
        #expect(outcome.error?.cause?.contains("0a1b2c3d-0000-1111-2222-333344445555") == true)
    }

    @Test("A refusal whose body is cut or endless still has its status")
    func cutRefusal() async throws {
        let cut = try await Self.call(answer: .answer(status: 503, headers: [:], body: [.failure(.cut("reset"))]))
        #expect(cut.error?.status == 503)
        let endless = try await Self.call(answer: .answer(status: 400, [UInt8](repeating: 32, count: 100_000)))
        #expect(endless.error?.status == 400)
        #expect(endless.isCancelled)
    }

    @Test(
        "Failures below HTTP have their statuses",
        arguments: [
            (TransportError.connect("refused"), 502, "upstream_unreachable"),
            (.cut("reset"), 502, "upstream_unreachable"),
            (.timeout(.connect), 504, "upstream_timeout"), (.timeout(.firstByte), 504, "upstream_timeout"),
            (.cancelled, 499, "cancelled"), (.badRequest("url"), 500, "internal_error"),
        ])
    func transport(error: TransportError, status: Int, code: String) async throws {
        let outcome = try await Self.call(answer: .failure(error))
        #expect(outcome.error?.status == status)
        #expect(outcome.error?.code == code)
    }

    @Test("A whole answer that breaks off is truncated")
    func cutAnswer() async throws {
        let outcome = try await Self.call(
            change: { _ in },
            answer: .answer(status: 200, headers: [:], body: [.bytes(Array("{".utf8)), .failure(.cut("reset"))]))
        #expect(outcome.error?.code == GatewayError.truncatedCode)
    }

    @Test("Cancelling the task aborts a stream that waits")
    func cancelled() async throws {
        let error = try await onLoop { () -> GatewayError? in
            let transport = ScriptedTransport(.answer(status: 200, headers: [:], body: [.hold]))
            let provider = BedrockConverseProvider(
                transport: transport, clock: ManualClock(), environment: AWSEnvironment([:]))
            var request = ChatRequest(model: "m", messages: [.user("x")])
            request.isStream = true
            let target = ProviderTarget(model: "m", config: Self.config, requestID: "r", maxTokens: nil)
            let stream = try await provider.open(request, on: target)
            let task = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor () -> GatewayError? in
                do throws(GatewayError) {
                    _ = try await stream.next()
                    return nil
                } catch {
                    return error
                }
            }
            await Task.yield()
            task.cancel()
            return await task.value
        }
        #expect(error?.isCancelled == true)
    }

    @Test("Nothing a client or a log sees holds a credential")
    func quiet() async throws {
        let echo = #"{"message":"The signature does not match.\n\nCanonical String: AKIDEXAMPLE host:bedrock"}"#
        let outcome = try await Self.call(
            answer: .answer(status: 403, headers: ["x-amzn-errortype": "InvalidSignatureException"], echo))
        #expect(outcome.error?.status == 502)
        #expect(outcome.error?.message.contains("AKID") == false)
        #expect(outcome.error?.cause?.contains("AKID") == false)
        #expect(outcome.error?.cause?.contains("does not match") == false)
        #expect(outcome.error?.providerText?.contains("does not match") == true)
        #expect(outcome.error?.providerText?.contains("AKID") == false)
    }

    @Test("check accepts what it can use, and names what it cannot")
    func check() throws {
        let provider = BedrockConverseProvider(
            transport: ScriptedTransport(), clock: ManualClock(), environment: AWSEnvironment([:]))
        try provider.check(["modelId": "somevalue"])
        let error = #expect(throws: GatewayError.self) { try provider.check(["modelId": "a", "modle": 1]) }
        #expect(error?.param == "config.modle")
        #expect(provider.name == "bedrock-converse")
        #expect(provider.fields.filter(\.isSecret).map(\.name) == ["credentials", "bearerToken"])
        #expect(provider.fields.filter(\.isRequired).map(\.name) == ["modelId"])
    }
}

import Core
import EventLoop
import Providers
import TestSupport
import Testing

@testable import Doctor

@Suite struct ProviderExaminationTests {
    private static let now = "2026-11-21T08:00:00Z"

    private func findings(
        _ models: [ModelRecord], _ scripts: [ScriptedTransport.Script], environment: [String: String] = [:]
    ) async throws -> [Finding] {
        try await onLoop {
            let transport = ScriptedTransport()
            for script in scripts { transport.add(script) }
            let examination = ProviderExamination(
                transport: transport, credentials: EnvironmentOnly(AWSEnvironment(environment)),
                environment: AWSEnvironment(environment), clock: ManualClock(Self.now))
            let found = await examination.findings(models)
            #expect(
                transport.requests.allSatisfy { $0.method == "GET" && $0.body.isEmpty && $0.headers.fields.isEmpty })
            let areCancelled = transport.responses.allSatisfy { $0.isCancelled }
            #expect(areCancelled)
            return found
        }
    }

    private func model(_ name: String, _ provider: String, _ config: JSONObject) -> ModelRecord {
        let time = Timestamp(milliseconds: 0)
        return ModelRecord(
            id: ModelID(rawValue: 1), name: name, provider: provider, config: config, isMultimodal: false,
            prices: PriceList(input: .zero, output: .zero), version: 1, createdAt: time, updatedAt: time)
    }

    private func openAI(_ name: String) -> ModelRecord {
        model(name, "openai-compatible", ["baseURL": "https://llm.example/v1"])
    }

    private func date(_ text: String) -> ScriptedTransport.Script {
        .answer(status: 404, headers: ["Date": text], "not found")
    }

    @Test func `an address that several models share is asked once, and any status is an answer`() async throws {
        let found = try await findings(
            [openAI("a"), openAI("b"), model("e", "echo", [:])], [date("Sat, 21 Nov 2026 08:00:10 GMT")])
        #expect(found.map(\.verdict) == [.good])
        #expect(found.first?.text.contains("https://llm.example/v1") == true)
        #expect(found.first?.text.contains("a, b") == true)
    }

    @Test func `an address that cannot be reached is a failure with its reason`() async throws {
        let found = try await findings([openAI("a")], [.failure(.connect("Could not resolve host"))])
        #expect(found.map(\.verdict) == [.failure])
        #expect(found.first?.text.contains("Could not resolve host") == true)
    }

    @Test func `a clock that is six minutes ahead is found by the provider's`() async throws {
        let found = try await findings([openAI("a")], [date("Sat, 21 Nov 2026 07:54:00 GMT")])
        #expect(found.map(\.subject) == ["provider", "clock"])
        #expect(found.last?.text.hasPrefix("360 s ahead") == true)
    }

    @Test func `every region of a Bedrock model is asked, and credentials of the surroundings are looked for`()
        async throws
    {
        let bedrock = model("s", "bedrock-converse", ["modelId": "m", "regions": ["eu-west-1", "cn-north-1"]])
        let scripts = [date("x"), date("x")]
        let without = try await findings([bedrock], scripts)
        #expect(without.map(\.verdict) == [.good, .good, .failure])
        #expect(without[0].text.contains("https://bedrock-runtime.eu-west-1.amazonaws.com "))
        #expect(without[1].text.contains("https://bedrock-runtime.cn-north-1.amazonaws.com.cn "))
        #expect(without[2].subject == "credentials")
        let keys = ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI"]
        let with = try await findings([bedrock], scripts, environment: keys)
        #expect(with.last?.verdict == .good)
        #expect(with.allSatisfy { !$0.text.contains("wJalr") && !$0.text.contains("AKID") })
    }

    @Test func `a Bedrock model without a region is a failure that says which setting it wants`() async throws {
        let found = try await findings([model("s", "bedrock-converse", ["modelId": "m", "bearerToken": "t"])], [])
        #expect(found.map(\.verdict) == [.failure])
        #expect(found.first?.text.contains("config.region") == true)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("", nil),
    ])
    func `dates are read in the form that RFC 9110 wants`(text: String, seconds: Int64?) {
        #expect(HTTPDate.seconds(text) == seconds)
    }
}

/// Credentials of the environment, and of nowhere else: the host's own files must not decide a test.
@LoopActor
private final class EnvironmentOnly: CredentialSource {
    private let environment: AWSEnvironment

    nonisolated init(_ environment: AWSEnvironment) { self.environment = environment }

    func authorization() async throws(CredentialError) -> AWSAuthorization {
        guard let credentials = environment.credentials else { throw CredentialError("no AWS credentials") }
        return .signature(credentials)
    }

    func refused(_ authorization: AWSAuthorization) {}
}

import Core
import TestSupport
import Testing

@testable import Providers

@Suite("The places of a Bedrock model")
struct BedrockPlaceTests {
    private static let pairs: JSONValue = [
        ["accessKeyId": "A", "secretAccessKey": "s"], ["accessKeyId": "B", "secretAccessKey": "s"],
    ]

    private func list(_ config: JSONObject, _ environment: [String: String] = [:]) -> [ProviderEndpoint] {
        BedrockPlaces.list(config, environment: AWSEnvironment(environment))
    }

    @Test("are its regions with each of its credentials")
    func places() {
        #expect(list(["modelId": "a"]) == [ProviderEndpoint()])
        #expect(list(["modelId": "a"], ["AWS_REGION": "r"]) == [ProviderEndpoint(region: "r")])
        #expect(list(["modelId": "a", "region": "x"], ["AWS_REGION": "r"]) == [ProviderEndpoint(region: "x")])
        let arn = "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x"
        #expect(list(["modelId": .string(arn)]) == [ProviderEndpoint(region: "eu-west-1")])
        #expect(
            list(["modelId": "a", "regions": ["x", "y"], "credentials": Self.pairs]) == [
                ProviderEndpoint(region: "x"), ProviderEndpoint(region: "y"),
                ProviderEndpoint(region: "x", credentials: 1), ProviderEndpoint(region: "y", credentials: 1),
            ])
    }

    @Test("are where a call goes, signed with that place's credentials for its region, within what is left of its time")
    func called() async throws {
        let config: JSONObject = ["modelId": "a", "regions": ["us-east-1", "eu-west-1"], "credentials": Self.pairs]
        let sent = try await onLoop {
            let transport = ScriptedTransport()
            let provider = BedrockConverseProvider(
                transport: transport, clock: ManualClock(), environment: AWSEnvironment([:]))
            for endpoint in provider.endpoints(config) + [nil] {
                let target = ProviderTarget(
                    model: "m", config: config, requestID: "r", maxTokens: nil, endpoint: endpoint,
                    timeLimit: .seconds(9))
                _ = try? await provider.open(ChatRequest(model: "m", messages: [.user("Hello")]), on: target)
            }
            return transport.requests
        }
        let scopes = sent.map { request in
            (request.headers["Authorization"] ?? "").split(separator: "=")[1].split(separator: "/")
                .enumerated().filter { [0, 2].contains($0.offset) }.map { String($0.element) }
        }
        #expect(
            scopes == [
                ["A", "us-east-1"], ["A", "eu-west-1"], ["B", "us-east-1"], ["B", "eu-west-1"], ["A", "us-east-1"],
            ])
        #expect(zip(sent, scopes).allSatisfy { $0.url.contains("bedrock-runtime.\($1[1]).amazonaws.com") })
        #expect(sent.allSatisfy { $0.deadlines.total == .seconds(9) })
    }
}

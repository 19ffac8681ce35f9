internal import Core
internal import EventLoop
internal import FoundationEssentials

/// The role of an ECS task or an EKS pod, from the endpoint that its environment names.
@LoopActor
struct ContainerCredentials: CredentialService {
    private nonisolated static let service = "the container's credentials endpoint"
    private nonisolated static let largestToken = 16 * 1024

    private let environment: AWSEnvironment
    private let client: MetadataClient

    /// Nil where the environment names no endpoint.
    nonisolated init?(_ environment: AWSEnvironment, transport: any Transport) {
        let names = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        guard names.contains(where: { environment[$0] != nil }) else { return nil }
        self.environment = environment
        client = MetadataClient(transport, service: Self.service)
    }

    func fetch() async throws(CredentialError) -> TemporaryCredentials {
        guard let url = try ContainerAddress.url(environment) else {
            throw CredentialError("the environment names no credentials endpoint")
        }
        var headers: HeaderFields = ["Accept": "application/json"]
        if let token = try await token() { headers["Authorization"] = token }
        let answer = try await client.call("GET", url, headers: headers)
        guard answer.status == 200 else {
            throw CredentialError("\(Self.service) did not give credentials (HTTP \(answer.status))")
        }
        return try TemporaryCredentials(answer.body, from: Self.service)
    }

    /// The file's wins, and is read each time, because it is rewritten.
    private func token() async throws(CredentialError) -> String? {
        guard let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] else {
            return try environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map(Self.checked)
        }
        return try await HelperPool.shared.run { () throws(CredentialError) -> String in
            guard let data = FileManager.default.contents(atPath: path), data.count <= Self.largestToken else {
                throw CredentialError(
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that cannot be read: \(path)")
            }
            var text = String(decoding: data, as: UTF8.self)
            while text.last?.isNewline == true { text.removeLast() }
            return try Self.checked(text)
        }
    }

    private nonisolated static func checked(_ token: String) throws(CredentialError) -> String {
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else {
            throw CredentialError("the container's authorization token cannot stand in a header field")
        }
        return token
    }
}

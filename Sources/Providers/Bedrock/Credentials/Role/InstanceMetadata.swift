internal import Core
internal import EventLoop

/// The role of an EC2 instance, from its metadata service (IMDSv2; version 1, which needs no token, is not used).
///
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
@LoopActor
struct InstanceMetadata: CredentialService {
    private nonisolated static let service = "EC2's instance metadata"
    private nonisolated static let roles = "/latest/meta-data/iam/security-credentials/"

    private let base: String
    private let client: MetadataClient

    /// Nil where the environment says not to ask.
    nonisolated init?(_ environment: AWSEnvironment, transport: any Transport) {
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
        let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        var base = isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        if let own = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] { base = own }
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        client = MetadataClient(transport, service: Self.service)
    }

    func fetch() async throws(CredentialError) -> TemporaryCredentials {
        let token = try await token()
        let role = try await role(token)
        let answer = try await get(Self.roles + role, token)
        guard answer.status == 200 else { throw refused(answer.status, "the credentials of the role") }
        return try TemporaryCredentials(answer.body, from: Self.service)
    }

    /// A new one for each fetch: that is every few hours. The service sends it with a small hop limit, so that behind
    /// another network layer, such as a container's, it does not arrive.
    private func token() async throws(CredentialError) -> String {
        let answer: (status: Int, body: [UInt8])
        do throws(CredentialError) {
            answer = try await client.call(
                "PUT", base + "/latest/api/token", headers: ["X-aws-ec2-metadata-token-ttl-seconds": "300"])
        } catch {
            throw CredentialError(
                error.reason + " (outside EC2 configure credentials; in a container on EC2 raise the instance's "
                    + "http-put-response-hop-limit to 2)")
        }
        let token = Self.line(answer.body)
        guard answer.status == 200, let token else { throw refused(answer.status, "a token") }
        return token
    }

    private func role(_ token: String) async throws(CredentialError) -> String {
        let answer = try await get(Self.roles, token)
        if answer.status == 404 {
            throw CredentialError("the EC2 instance has no IAM role; attach an instance profile")
        }
        guard answer.status == 200 else { throw refused(answer.status, "the name of the role") }
        guard let role = Self.line(answer.body), role.utf8.allSatisfy(Self.isOfName) else {
            throw CredentialError("\(Self.service) answered with something that is no name of a role")
        }
        return role
    }

    private func get(_ path: String, _ token: String) async throws(CredentialError) -> (status: Int, body: [UInt8]) {
        try await client.call("GET", base + path, headers: ["X-aws-ec2-metadata-token": token])
    }

    private func refused(_ status: Int, _ what: String) -> CredentialError {
        CredentialError("\(Self.service) did not give \(what) (HTTP \(status))")
    }

    /// The first line; nil when there is none that can stand in a header field or a path.
    private static func line(_ body: [UInt8]) -> String? {
        let line = body.prefix { $0 != 0x0a && $0 != 0x0d }
        guard (1...1024).contains(line.count), line.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        return String(decoding: line, as: UTF8.self)
    }

    /// IAM's names: letters, digits and `+=,.@_-`.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+=,.@_-".utf8.contains(byte)
        }
    }
}

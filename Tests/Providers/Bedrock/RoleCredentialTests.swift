import Core
import EventLoop
import FoundationEssentials
import TestSupport
import Testing

@testable import Providers

@Suite("The credentials of a role")
struct RoleCredentialTests {
    private static func body(_ id: String, until end: String? = "2026-11-21T14:00:00Z") -> String {
        let expiration = end.map { #","Expiration":"\#($0)""# } ?? ""
        return #"{"Code":"Success","AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t"\#(expiration)}"#
    }

    private static func key(_ id: String) -> AWSCredentials {
        AWSCredentials(accessKeyID: id, secretAccessKey: "s", sessionToken: "t")
    }

    private static func container(
        _ variables: [String: String], _ transport: ScriptedTransport
    ) throws
        -> ContainerCredentials
    {
        try #require(ContainerCredentials(AWSEnvironment(variables), transport: transport))
    }

    @Test("of an EC2 instance are fetched with a token, by the name of the role")
    func instance() async throws {
        try await onLoop {
            let transport = ScriptedTransport(.answer("TOKEN"), .answer("my-role\n"), .answer(Self.body("ASIA1")))
            let service = try #require(InstanceMetadata(AWSEnvironment([:]), transport: transport))
            let fetched = try await service.fetch()
            #expect(fetched.credentials == Self.key("ASIA1"))
            #expect(fetched.expiresAt == Timestamp(iso8601: "2026-11-21T14:00:00Z"))
            let sent = transport.requests
            #expect(sent.map(\.method) == ["PUT", "GET", "GET"])
            let base = "http://169.254.169.254/latest"
            #expect(
                sent.map(\.url) == [
                    "\(base)/api/token", "\(base)/meta-data/iam/security-credentials/",
                    "\(base)/meta-data/iam/security-credentials/my-role",
                ])
            #expect(sent[0].headers["X-aws-ec2-metadata-token-ttl-seconds"] == "300")
            #expect(sent[1].headers["X-aws-ec2-metadata-token"] == "TOKEN")
            #expect(sent[2].headers["X-aws-ec2-metadata-token"] == "TOKEN")
            #expect(sent.allSatisfy { $0.deadlines.total <= .seconds(3) })
        }
    }

    @Test("of an EC2 instance that gives none are an error that says why")
    func instanceFailures() async throws {
        let cases: [([ScriptedTransport.Script], String)] = [
            ([.failure(.timeout(.firstByte))], "hop-limit"),
            ([.failure(.connect("refused")), .failure(.connect("refused"))], "refused"),
            ([.answer(status: 403, "")], "HTTP 403"),
            ([.answer("T"), .answer(status: 404, "")], "no IAM role"),
            ([.answer("T"), .answer("../evil role")], "no name of a role"),
            ([.answer("T"), .answer("r"), .answer("{")], "no JSON"),
            ([.answer("T"), .answer("r"), .answer(#"{"Code":"Failed"}"#)], "Failed"),
            ([.answer("T"), .answer("r"), .answer(#"{"AccessKeyId":"a"}"#)], "SecretAccessKey"),
            ([.answer("T"), .answer("r"), .answer(Self.body("a", until: "soon"))], "Expiration"),
        ]
        for (scripts, reason) in cases {
            try await onLoop {
                let transport = ScriptedTransport()
                for script in scripts { transport.add(script) }
                let service = try #require(InstanceMetadata(AWSEnvironment([:]), transport: transport))
                let error = await #expect(throws: CredentialError.self) { try await service.fetch() }
                #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
            }
        }
        #expect(
            InstanceMetadata(AWSEnvironment(["AWS_EC2_METADATA_DISABLED": "TRUE"]), transport: ScriptedTransport())
                == nil)
    }

    @Test("of a container come from the path or address of its environment, with its token")
    func containers() async throws {
        try await onLoop {
            let folder = TemporaryDirectory()
            try Data("from-file\n".utf8).write(to: URL(filePath: folder.file("token")))
            let transport = ScriptedTransport(
                .answer(Self.body("A")), .answer(Self.body("B", until: nil)), .answer(Self.body("C")))
            let ecs = try Self.container(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x?id=1"], transport)
            #expect(try await ecs.fetch().credentials == Self.key("A"))
            var variables = [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "plain",
            ]
            #expect(try await Self.container(variables, transport).fetch().expiresAt == nil)
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.file("token")
            _ = try await Self.container(variables, transport).fetch()
            #expect(
                transport.requests.map(\.url) == [
                    "http://169.254.170.2/v2/x?id=1", "http://169.254.170.23/v1/credentials",
                    "http://169.254.170.23/v1/credentials",
                ])
            #expect(transport.requests.map { $0.headers["Authorization"] } == [nil, "plain", "from-file"])

            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.file("missing")
            let missing = try Self.container(variables, transport)
            let error = await #expect(throws: CredentialError.self) { try await missing.fetch() }
            #expect(error?.reason.contains("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") == true)
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = nil
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "a\r\nHost: b"
            let hostile = try Self.container(variables, transport)
            await #expect(throws: CredentialError.self) { try await hostile.fetch() }
            #expect(transport.requests.count == 3)
        }
        #expect(ContainerCredentials(AWSEnvironment([:]), transport: ScriptedTransport()) == nil)
    }

    @Test(
        "of a container are asked for at hosts that AWS allows, and by https anywhere",
        arguments: [
            ("http://127.0.0.1:8080/x", true), ("http://127.9.8.7/", true), ("http://localhost/x", true),
            ("http://[::1]:80/x", true), ("http://169.254.170.2/x", true), ("http://[fd00:ec2::23]/v1", true),
            ("https://example.com/x", true), ("http://example.com/x", false), ("http://169.254.169.254/x", false),
            ("http://127.0.0.1.example.com/", false), ("http://127.0.0.1@example.com/", false),
            ("http://127.0.0.256/", false), ("http://10.0.0.1/", false), ("ftp://127.0.0.1/", false),
            ("http://[::1].example.com/", false), ("http://", false), ("http://127.0.0.1\\@example.com/", false),
            ("http://0x7f.0.0.1/", false),
        ])
    func hosts(url: String, isAllowed: Bool) {
        let found = try? ContainerAddress.url(AWSEnvironment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]))
        #expect(found == (isAllowed ? url : nil))
    }

    @Test("are fetched once for all who wait, kept, and fetched anew in the background before they end")
    func refreshed() async throws {
        try await onLoop { () async throws -> Void in
            let clock = ManualClock("2026-11-21T08:00:00Z")
            let service = ScriptedCredentials([
                .success(("A", "2026-11-21T14:00:00Z")), .success(("B", "2026-11-21T20:00:00Z")),
            ])
            let credentials = RefreshedCredentials(service, clock: clock)
            let tasks = (0..<50).map { _ in
                Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                    try? await credentials.credentials().accessKeyID
                }
            }
            var all: [String?] = []
            for task in tasks { all.append(await task.value) }
            #expect(all == Array(repeating: "A", count: 50))
            #expect(service.fetches == 1)

            clock.set("2026-11-21T13:44:59Z")
            #expect(try await credentials.credentials().accessKeyID == "A")
            await Self.settle()
            #expect(service.fetches == 1)
            clock.set("2026-11-21T13:45:00Z")
            // Whoever finds them old does not wait.
            #expect(try await credentials.credentials().accessKeyID == "A")
            await Self.settle()
            #expect(service.fetches == 2)
            #expect(try await credentials.credentials().accessKeyID == "B")
        }
    }

    @Test("that cannot be fetched anew serve until their end, with a pause between the attempts")
    func oldOnesServe() async throws {
        try await onLoop { () async throws -> Void in
            let clock = ManualClock("2026-11-21T08:00:00Z")
            let failure = CredentialError("down")
            let service = ScriptedCredentials([
                .success(("A", "2026-11-21T09:00:00Z")), .failure(failure), .failure(failure), .failure(failure),
                .success(("B", "2026-11-21T20:00:00Z")),
            ])
            let credentials = RefreshedCredentials(service, clock: clock)
            _ = try await credentials.credentials()
            clock.set("2026-11-21T08:50:00Z")
            for _ in 0..<5 {
                #expect(try await credentials.credentials().accessKeyID == "A")
                await Self.settle()
            }
            #expect(service.fetches == 2)
            clock.advance(seconds: 5)
            #expect(try await credentials.credentials().accessKeyID == "A")
            await Self.settle()
            #expect(service.fetches == 3)
            clock.set("2026-11-21T08:59:55Z")
            await #expect(throws: failure) { try await credentials.credentials() }
            await #expect(throws: failure) { try await credentials.credentials() }
            #expect(service.fetches == 4)
            clock.advance(seconds: 5)
            #expect(try await credentials.credentials().accessKeyID == "B")
        }
    }

    @Test("that are refused are fetched anew, but not for every call; those that come expired are an error")
    func refused() async throws {
        try await onLoop { () async throws -> Void in
            let clock = ManualClock("2026-11-21T08:00:00Z")
            let service = ScriptedCredentials([
                .success(("A", nil)), .success(("B", nil)), .success(("C", "2026-11-21T07:00:00Z")),
            ])
            let credentials = RefreshedCredentials(service, clock: clock)
            let first = try await credentials.credentials()
            credentials.refused(first)
            _ = try await credentials.credentials()
            await Self.settle()
            #expect(service.fetches == 1)
            clock.advance(seconds: 60)
            credentials.refused(first)
            _ = try await credentials.credentials()
            await Self.settle()
            #expect(try await credentials.credentials().accessKeyID == "B")
            #expect(service.fetches == 2)
            let fresh = RefreshedCredentials(service, clock: clock)
            let error = await #expect(throws: CredentialError.self) { try await fresh.credentials() }
            #expect(error?.reason.contains("clock") == true)
        }
    }

    @Test("come after the environment's and the file's, the container's before the instance's")
    func order() async throws {
        try await onLoop {
            let transport = ScriptedTransport(.answer(Self.body("CONTAINER")))
            let variables = [
                "HOME": "/nonexistent", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x",
            ]
            let chain = CredentialChain(
                environment: AWSEnvironment(variables), transport: transport, clock: ManualClock())
            #expect(try await chain.authorization() == .signature(Self.key("CONTAINER")))
            #expect(transport.requests.count == 1)

            let metadata = ScriptedTransport(.answer("T"), .answer("role"), .answer(Self.body("INSTANCE")))
            let instance = CredentialChain(
                environment: AWSEnvironment([:]), transport: metadata, clock: ManualClock())
            #expect(try await instance.authorization() == .signature(Self.key("INSTANCE")))
            #expect(try await instance.authorization() == .signature(Self.key("INSTANCE")))
            #expect(metadata.requests.count == 3)

            var own = variables
            own["AWS_ACCESS_KEY_ID"] = "k"
            own["AWS_SECRET_ACCESS_KEY"] = "s"
            let fromEnvironment = CredentialChain(
                environment: AWSEnvironment(own), transport: transport, clock: ManualClock())
            guard case .signature(let used) = try await fromEnvironment.authorization() else { return }
            #expect(used.accessKeyID == "k")
        }
    }

    /// Lets tasks of the loop run to where they wait.
    private static func settle() async {
        for _ in 0..<20 { await Task.yield() }
    }
}

@LoopActor
private final class ScriptedCredentials: CredentialService {
    private var outcomes: [Result<(String, String?), CredentialError>]
    private(set) var fetches = 0

    init(_ outcomes: [Result<(String, String?), CredentialError>]) { self.outcomes = outcomes }

    func fetch() async throws(CredentialError) -> TemporaryCredentials {
        fetches += 1
        await Task.yield()
        let (id, end) = try outcomes.removeFirst().get()
        return TemporaryCredentials(
            AWSCredentials(accessKeyID: id, secretAccessKey: "s", sessionToken: "t"),
            expiresAt: end.flatMap { Timestamp(iso8601: $0) })
    }
}

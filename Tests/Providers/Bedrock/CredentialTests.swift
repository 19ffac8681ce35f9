import Core
import FoundationEssentials
import TestSupport
import Testing

@testable import Providers

@Suite struct CredentialTests {
    private let text = """
        # comment
        [default]
        aws_access_key_id = AKIDDEFAULT
        aws_secret_access_key=secret/with=equals

        [ work ] ; other
        AWS_ACCESS_KEY_ID = AKIDWORK
        aws_secret_access_key = s
        aws_session_token = t
        region = eu-west-1
        [half]
        aws_access_key_id = x
        """

    private func authorization(_ variables: [String: String]) async throws -> Result<AWSAuthorization, CredentialError>
    {
        try await onLoop {
            do throws(CredentialError) {
                var variables = variables
                variables["AWS_EC2_METADATA_DISABLED"] = "true"
                let chain = CredentialChain(
                    environment: AWSEnvironment(variables), transport: ScriptedTransport(), clock: ManualClock())
                return .success(try await chain.authorization())
            } catch {
                return .failure(error)
            }
        }
    }

    @Test("Profiles are read from the shared file's text")
    func profiles() {
        #expect(
            SharedCredentials.parse(text, profile: "default")
                == .success(AWSCredentials(accessKeyID: "AKIDDEFAULT", secretAccessKey: "secret/with=equals")))
        #expect(
            SharedCredentials.parse(text.replacing("\n", with: "\r\n"), profile: "work")
                == .success(AWSCredentials(accessKeyID: "AKIDWORK", secretAccessKey: "s", sessionToken: "t")))
        guard case .failure(let half) = SharedCredentials.parse(text, profile: "half") else {
            Issue.record("half a key pair was taken")
            return
        }
        #expect(half.reason.contains("[half]"))
        guard case .failure(let missing) = SharedCredentials.parse(text, profile: "none") else {
            Issue.record("a missing profile was found")
            return
        }
        #expect(missing.reason.contains("[none]"))
    }

    @Test("A bearer token, then keys of the environment, then the file")
    func order() async throws {
        let folder = TemporaryDirectory()
        try Data(text.utf8).write(to: URL(filePath: folder.file("credentials")))
        var variables = ["AWS_SHARED_CREDENTIALS_FILE": folder.file("credentials"), "AWS_PROFILE": "work"]
        #expect(
            try await authorization(variables).get()
                == .signature(AWSCredentials(accessKeyID: "AKIDWORK", secretAccessKey: "s", sessionToken: "t")))
        variables["AWS_ACCESS_KEY_ID"] = "e"
        variables["AWS_SECRET_ACCESS_KEY"] = "f"
        #expect(
            try await authorization(variables).get()
                == .signature(AWSCredentials(accessKeyID: "e", secretAccessKey: "f")))
        variables["AWS_BEARER_TOKEN_BEDROCK"] = "token"
        #expect(try await authorization(variables).get() == .bearer("token"))
    }

    @Test("The file is found under HOME, and read again when it changes")
    func reread() async throws {
        let folder = TemporaryDirectory()
        let path = folder.file(".aws/credentials")
        try FileManager.default.createDirectory(atPath: folder.file(".aws"), withIntermediateDirectories: true)
        let seen = try await onLoop { () -> [String] in
            func write(_ key: String) throws {
                try Data("[default]\naws_access_key_id=\(key)\naws_secret_access_key=s\n".utf8).write(
                    to: URL(filePath: path))
            }
            func key() async throws -> String {
                guard case .signature(let credentials) = try await chain.authorization() else { return "" }
                return credentials.accessKeyID
            }
            let chain = CredentialChain(
                environment: AWSEnvironment(["HOME": folder.path]), transport: ScriptedTransport(), clock: ManualClock()
            )
            try write("first")
            var seen = [try await key(), try await key()]
            try write("longer-second")
            seen.append(try await key())
            try write("longer-third_")
            // The same size: only the time of change tells, and the test must not wait for the clock.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
            seen.append(try await key())
            return seen
        }
        #expect(seen == ["first", "first", "longer-second", "longer-third_"])
    }

    @Test(
        "Where nothing is found, the log is told where it was looked for", arguments: [[:], ["HOME": "/nonexistent"]])
    func nothing(variables: [String: String]) async throws {
        guard case .failure(let error) = try await authorization(variables) else {
            Issue.record("credentials out of nowhere")
            return
        }
        #expect(error.reason.contains("AWS_ACCESS_KEY_ID") || error.reason.contains("/nonexistent/.aws/credentials"))
    }

    @Test("Half a key pair and empty variables count as unset")
    func halves() {
        #expect(AWSEnvironment(["AWS_ACCESS_KEY_ID": "a"]).credentials == nil)
        #expect(AWSEnvironment(["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": ""]).credentials == nil)
        #expect(AWSEnvironment(["AWS_REGION": "", "AWS_DEFAULT_REGION": "r"]).region == "r")
        #expect(AWSEnvironment(["HOME": "/h", "AWS_SHARED_CREDENTIALS_FILE": "~/x"]).sharedCredentialsPath == "/h/x")
    }
}

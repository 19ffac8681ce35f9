package import Core
package import EventLoop

/// AWS's usual places, in the order of its own tools: bearer token and key pair from the environment, the shared
/// credentials file, the role of the container, the role of the EC2 instance.
@LoopActor
package final class CredentialChain: CredentialSource {
    private let environment: AWSEnvironment
    private let file: SharedCredentialsFile?
    private let container: RefreshedCredentials?
    private let instance: RefreshedCredentials?

    package nonisolated init(environment: AWSEnvironment, transport: any Transport, clock: any WallClock) {
        self.environment = environment
        file = environment.sharedCredentialsPath.map {
            SharedCredentialsFile(path: $0, profile: environment.profile)
        }
        container = ContainerCredentials(environment, transport: transport).map {
            RefreshedCredentials($0, clock: clock)
        }
        instance = InstanceMetadata(environment, transport: transport).map { RefreshedCredentials($0, clock: clock) }
    }

    package func authorization() async throws(CredentialError) -> AWSAuthorization {
        if let token = environment.bearerToken { return .bearer(token) }
        if let credentials = environment.credentials { return .signature(credentials) }
        var absence = CredentialError(
            "no AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and without HOME there is "
                + "no shared credentials file")
        if let file {
            do throws(CredentialError) { return .signature(try await file.credentials()) } catch {
                guard error.isAbsence else { throw error }
                absence = error
            }
        }
        if let container { return .signature(try await container.credentials()) }
        guard let instance else { throw absence }
        do throws(CredentialError) { return .signature(try await instance.credentials()) } catch {
            throw CredentialError("\(absence.reason); \(error.reason)")
        }
    }

    package func refused(_ authorization: AWSAuthorization) {
        guard case .signature(let credentials) = authorization else { return }
        container?.refused(credentials)
        instance?.refused(credentials)
    }
}

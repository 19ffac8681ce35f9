package import EventLoop

/// AWS's usual places, in the order of its own tools: bearer token and key pair from the environment, then the shared
/// credentials file.
@LoopActor
package final class CredentialChain: CredentialSource {
    private let environment: AWSEnvironment
    private let file: SharedCredentialsFile?

    package nonisolated init(environment: AWSEnvironment) {
        self.environment = environment
        file = environment.sharedCredentialsPath.map {
            SharedCredentialsFile(path: $0, profile: environment.profile)
        }
    }

    package func authorization() async throws(CredentialError) -> AWSAuthorization {
        if let token = environment.bearerToken { return .bearer(token) }
        if let credentials = environment.credentials { return .signature(credentials) }
        guard let file else {
            throw CredentialError(
                "no AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and without HOME there is "
                    + "no shared credentials file")
        }
        return .signature(try await file.credentials())
    }
}

internal import EventLoop

/// Hands out the temporary credentials of a role.
@LoopActor
protocol CredentialService: Sendable {
    func fetch() async throws(CredentialError) -> TemporaryCredentials
}

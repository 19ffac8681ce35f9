package import EventLoop

/// Where a call's authorization comes from when the model's configuration holds none.
@LoopActor
package protocol CredentialSource: Sendable {
    /// What is valid now.
    func authorization() async throws(CredentialError) -> AWSAuthorization
}

/// Why there are no credentials. The text is for the log: it names places, never secrets.
package struct CredentialError: Error, Sendable, Equatable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}

package import EventLoop

/// Where a call's authorization comes from when the model's configuration holds none.
@LoopActor
package protocol CredentialSource: Sendable {
    /// What is valid now.
    func authorization() async throws(CredentialError) -> AWSAuthorization

    /// AWS has refused these, so that they should not be kept for longer.
    func refused(_ authorization: AWSAuthorization)
}

/// Why there are no credentials. The text is for the log: it names places, never secrets.
package struct CredentialError: Error, Sendable, Equatable {
    package let reason: String
    /// The place is not there at all, so that the next may be looked at.
    package let isAbsence: Bool

    package init(_ reason: String, isAbsence: Bool = false) {
        self.reason = reason
        self.isAbsence = isAbsence
    }
}

/// An AWS key pair, with the token of a temporary one. Prints nothing of itself.
package struct AWSCredentials: Sendable, Equatable {
    package let accessKeyID: String
    package let secretAccessKey: String
    package let sessionToken: String?

    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "AWS credentials" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What proves to AWS who is calling.
package enum AWSAuthorization: Sendable, Equatable {
    case signature(AWSCredentials)
    /// A Bedrock API key, sent as a bearer token.
    case bearer(String)
}

internal import FoundationEssentials

/// The environment variables that AWS's tools read. A value, so that tests can give their own.
package struct AWSEnvironment: Sendable {
    private let variables: [String: String]

    package init(_ variables: [String: String]) { self.variables = variables }

    /// Those of this process.
    package static let process = AWSEnvironment(ProcessInfo.processInfo.environment)

    /// An empty variable counts as unset.
    package subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    package var region: String? { self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] }

    /// Key and secret both, or nothing.
    package var credentials: AWSCredentials? {
        guard let id = self["AWS_ACCESS_KEY_ID"], let secret = self["AWS_SECRET_ACCESS_KEY"] else { return nil }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: self["AWS_SESSION_TOKEN"])
    }

    package var bearerToken: String? { self["AWS_BEARER_TOKEN_BEDROCK"] }

    package var profile: String { self["AWS_PROFILE"] ?? "default" }

    /// Nil when no home folder is known.
    package var sharedCredentialsPath: String? {
        if let path = self["AWS_SHARED_CREDENTIALS_FILE"] {
            guard path.hasPrefix("~/") else { return path }
            return self["HOME"].map { $0 + path.dropFirst(1) }
        }
        return self["HOME"].map { $0 + "/.aws/credentials" }
    }
}

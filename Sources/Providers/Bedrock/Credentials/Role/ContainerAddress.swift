/// Where the environment says that a container's credentials are, and whether they may be asked for there.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
enum ContainerAddress {
    /// ECS's, and EKS's for IPv4 and IPv6.
    private static let knownHosts = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]", "localhost"]

    /// Nil when the environment names no place.
    static func url(_ environment: AWSEnvironment) throws(CredentialError) -> String? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.hasPrefix("/"), isPlain(path) else {
                throw CredentialError("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path; it must begin with /")
            }
            return "http://169.254.170.2" + path
        }
        guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        guard isPlain(url), let host = host(of: url) else {
            throw CredentialError("AWS_CONTAINER_CREDENTIALS_FULL_URI is no http or https URL without a user name")
        }
        guard url.lowercased().hasPrefix("https://") || knownHosts.contains(host) || isLoopback(host) else {
            throw CredentialError(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that may only be asked by https: with http it must be "
                    + "a loopback address, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]")
        }
        return url
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 2048 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }
    }

    /// Lowercase, an IPv6 address in its brackets; nil when there is none.
    private static func host(of url: String) -> String? {
        let lower = url.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        let authority = lower.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { return nil }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let rest = authority[authority.index(after: end)...]
            return rest.isEmpty || rest.hasPrefix(":") ? String(authority[...end]) : nil
        }
        let host = authority.prefix { $0 != ":" }
        return host.isEmpty ? nil : String(host)
    }

    /// 127.0.0.0/8, written as four numbers.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in part.allSatisfy(\.isNumber) && UInt8(part) != nil }
    }
}

internal import Core
internal import Crypto
internal import Synchronization

/// Derived signing keys: one serves a key pair, region and service for a whole day, and takes five hashes to make.
///
/// Of one process, for any thread. Source: AWS General Reference, "Create a signed AWS API request", step 4.
final class SigningKeys: Sendable {
    struct Scope: Hashable {
        let secretAccessKey: String
        /// `20261121`
        let day: String
        let region: String
        let service: String
    }

    static let shared = SigningKeys()
    /// Regions times key pairs of a large installation; those of the day before go when it is reached.
    private static let most = 1024

    private let keys = Mutex<[Scope: SymmetricKey]>([:])

    func key(for scope: Scope) -> SymmetricKey {
        if let known = keys.withLock({ $0[scope] }) { return known }
        let key = Self.derive(scope)
        keys.withLock { keys in
            if keys.count >= Self.most { keys = [:] }
            keys[scope] = key
        }
        return key
    }

    private static func derive(_ scope: Scope) -> SymmetricKey {
        var key = SymmetricKey(data: Array("AWS4\(scope.secretAccessKey)".utf8))
        for part in [scope.day, scope.region, scope.service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        return key
    }
}

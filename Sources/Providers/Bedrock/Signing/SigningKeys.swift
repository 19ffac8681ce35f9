internal import Core
internal import Crypto
internal import Synchronization

/// Derived signing keys, as codes that nothing was put into yet: one serves a key pair, region and service for a whole
/// day, and takes five hashes to make.
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

    private let codes = Mutex<[Scope: HMAC<SHA256>]>([:])

    func code(for scope: Scope) -> HMAC<SHA256> {
        if let known = codes.withLock({ $0[scope] }) { return known }
        let code = HMAC<SHA256>(key: Self.derive(scope))
        codes.withLock { codes in
            if codes.count >= Self.most { codes = [:] }
            codes[scope] = code
        }
        return code
    }

    private static func derive(_ scope: Scope) -> SymmetricKey {
        var key = SymmetricKey(data: Array("AWS4\(scope.secretAccessKey)".utf8))
        for part in [scope.day, scope.region, scope.service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        return key
    }
}

internal import Core

/// A key pair with an end, as AWS's metadata services hand it out.
struct TemporaryCredentials: Sendable, Equatable {
    let credentials: AWSCredentials
    /// Nil: for ever.
    let expiresAt: Timestamp?

    init(_ credentials: AWSCredentials, expiresAt: Timestamp?) {
        self.credentials = credentials
        self.expiresAt = expiresAt
    }

    /// Reads `{AccessKeyId, SecretAccessKey, Token, Expiration}`; `Code` is there on EC2, and says `Success`.
    ///
    /// - Parameter service: for the error's text.
    init(_ bytes: [UInt8], from service: String) throws(CredentialError) {
        guard let object = (try? JSONParser.parse(bytes))?.object else {
            throw CredentialError("\(service) answered with something that is no JSON object")
        }
        if let code = object["Code"]?.string, code != "Success" {
            throw CredentialError("\(service) has no credentials: \(BedrockScrubber.scrub(code))")
        }
        guard let id = object["AccessKeyId"]?.string, let secret = object["SecretAccessKey"]?.string,
            !id.isEmpty, !secret.isEmpty
        else { throw CredentialError("\(service) answered without AccessKeyId or SecretAccessKey") }
        let token = object["Token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard [id, token ?? ""].allSatisfy({ $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } }) else {
            throw CredentialError("\(service) answered with credentials that cannot stand in a header field")
        }
        credentials = AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
        guard let end = object.present("Expiration") else {
            expiresAt = nil
            return
        }
        guard let time = end.string.flatMap({ Timestamp(iso8601: $0) }) else {
            throw CredentialError("\(service) answered with an Expiration that is no time")
        }
        expiresAt = time
    }

    /// Whether a call that is signed now arrives in time.
    func isValid(at now: Timestamp) -> Bool { expiresAt.map { $0 > now.adding(seconds: 5) } ?? true }
}

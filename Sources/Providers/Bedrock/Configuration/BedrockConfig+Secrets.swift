internal import Core

extension BedrockConfig {
    /// Key pairs and a bearer token exclude one another: which of them counts would be a guess.
    static func authorization(_ reader: BedrockConfigReader) throws(GatewayError) -> AWSAuthorization? {
        let token = try reader.string("bearerToken")
        let pairs = try reader.array("credentials") ?? []
        if let token {
            guard pairs.isEmpty else {
                throw reader.fail("bearerToken", "must not stand beside config.credentials; keep one of them")
            }
            guard isHeaderSafe(token) else {
                throw reader.fail("bearerToken", "must be printable ASCII without spaces")
            }
            return .bearer(token)
        }
        var first: AWSCredentials?
        for (index, pair) in pairs.enumerated() {
            let credentials = try credentials(pair, reader, member: "credentials[\(index)]")
            first = first ?? credentials
        }
        return first.map { .signature($0) }
    }

    private static func credentials(
        _ value: JSONValue, _ reader: BedrockConfigReader, member: String
    ) throws(GatewayError) -> AWSCredentials {
        guard let object = value.object else {
            throw reader.fail(member, "must be an object {accessKeyId, secretAccessKey, sessionToken}")
        }
        let pair = BedrockConfigReader(object, at: "config.\(member)")
        try pair.refuseUnknown(known: ["accessKeyId", "secretAccessKey", "sessionToken"])
        guard let id = try pair.string("accessKeyId") else { throw pair.fail("accessKeyId", "is required") }
        guard let secret = try pair.string("secretAccessKey") else { throw pair.fail("secretAccessKey", "is required") }
        let token = try pair.string("sessionToken")
        guard isHeaderSafe(id) else { throw pair.fail("accessKeyId", "must be printable ASCII without spaces") }
        guard isHeaderSafe(token ?? "") else {
            throw pair.fail("sessionToken", "must be printable ASCII without spaces")
        }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }

    private static func isHeaderSafe(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } }
}

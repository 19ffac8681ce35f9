internal import Core
internal import Crypto

/// AWS Signature Version 4, with the signature in the `Authorization` header.
///
/// Pure, for any thread. Source: AWS General Reference, "Create a signed AWS API request"; checked against botocore's
/// signer in the tests.
struct SigV4: Sendable {
    /// How the path enters the canonical request.
    enum PathRule: Sendable {
        /// Dot segments removed, and what is sent encoded once more: every service but S3.
        case encodedAgain
        /// As it is sent: S3.
        case asSent
    }

    static let algorithm = "AWS4-HMAC-SHA256"

    /// Fields that a proxy on the way may change; left out of the signature as AWS's own SDKs do.
    private static let unsigned = ["connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"]

    let credentials: AWSCredentials
    let region: String
    let service: String
    var pathRule = PathRule.encodedAgain

    /// A header field in canonical form.
    private struct Field {
        let name: String
        var value: String
    }

    /// Adds `X-Amz-Date`, `X-Amz-Security-Token` for temporary credentials, and `Authorization`. The method, URL, body
    /// and every header field that the request holds now are signed; fields added later are not.
    func sign(_ request: inout TransportRequest, at time: Timestamp) {
        let stamp = Self.stamp(time)
        let day = String(stamp.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        request.headers["Authorization"] = nil
        request.headers["X-Amz-Date"] = stamp
        request.headers["X-Amz-Security-Token"] = credentials.sessionToken
        let url = SignedURL(request.url)
        let fields = canonicalFields(of: request, url: url)
        let names = fields.map(\.name).joined(separator: ";")
        let canonical = canonicalRequest(request, url: url, fields: fields, names: names)
        let digest = Hexadecimal.text(SHA256.hash(data: Array(canonical.utf8)))
        let text = "\(Self.algorithm)\n\(stamp)\n\(scope)\n\(digest)"
        var code = SigningKeys.shared.code(
            for: SigningKeys.Scope(
                secretAccessKey: credentials.secretAccessKey, day: day, region: region, service: service))
        code.update(data: Array(text.utf8))
        let signature = Hexadecimal.text(code.finalize())
        request.headers["Authorization"] =
            "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
    }

    private func canonicalRequest(
        _ request: TransportRequest, url: SignedURL, fields: [Field], names: String
    ) -> String {
        let path = pathRule == .asSent ? url.path : PercentEncoding.encodePath(url.normalizedPath)
        var text = "\(request.method)\n\(path)\n\(url.canonicalQuery)\n"
        for field in fields { text += "\(field.name):\(field.value)\n" }
        text += "\n\(names)\n\(Hexadecimal.text(SHA256.hash(data: request.body)))"
        return text
    }

    /// Lower-case names in order, one entry each, values without surplus white space; `host` comes from the URL.
    private func canonicalFields(of request: TransportRequest, url: SignedURL) -> [Field] {
        var fields: [Field] = []
        for field in request.headers.fields {
            let name = field.name.lowercased()
            guard !Self.unsigned.contains(name) else { continue }
            let value = Self.trimmed(field.value)
            if let known = fields.firstIndex(where: { $0.name == name }) {
                fields[known].value += "," + value
            } else {
                fields.append(Field(name: name, value: value))
            }
        }
        if !fields.contains(where: { $0.name == "host" }) { fields.append(Field(name: "host", value: url.host)) }
        return fields.sorted { $0.name < $1.name }
    }

    /// `20261121T083459Z`
    static func stamp(_ time: Timestamp) -> String {
        let digits = time.iso8601.utf8.prefix(19).filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        return String(decoding: digits, as: UTF8.self) + "Z"
    }

    /// Runs of white space become one space; none stays at the ends.
    private static func trimmed(_ value: String) -> String {
        guard value.utf8.contains(where: isSpaceOrBeyondASCII) else { return value }
        return value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Most values hold neither, and taking a text apart into characters is what makes a signature slow.
    private static func isSpaceOrBeyondASCII(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte >= 0x7f
    }
}

internal import Core
internal import Crypto

/// The signature of a request: hexadecimal SHA-256 of timestamp, nonce, encrypt key and the body as it came.
enum FeishuSignature {
    static let timestampField = "X-Lark-Request-Timestamp"
    static let nonceField = "X-Lark-Request-Nonce"
    static let field = "X-Lark-Signature"
    /// How far the platform's clock and ours may be apart, transport included, in seconds.
    static let window: Int64 = 300
    private static let longestField = 256

    static func check(
        _ body: [UInt8], _ headers: HeaderFields, key: String, at now: Timestamp
    ) throws(FeishuRefusal) {
        guard let timestamp = headers[timestampField], let nonce = headers[nonceField], let given = headers[field],
            timestamp.utf8.count <= longestField, nonce.utf8.count <= longestField
        else { throw .signature }
        var hash = SHA256()
        hash.update(data: Array((timestamp + nonce + key).utf8))
        hash.update(data: body)
        guard ConstantTime.equal(Hexadecimal.text(hash.finalize()), given) else { throw .signature }
        try checkTime(timestamp, at: now)
    }

    /// Seconds since 1970; nil is not looked at, since only signed requests must have one.
    static func checkTime(_ text: String?, at now: Timestamp) throws(FeishuRefusal) {
        guard let text else { return }
        guard let seconds = Int64(text), seconds >= now.seconds - window, seconds <= now.seconds + window else {
            throw .timestamp
        }
    }
}

/// Comparison whose time tells nothing about where texts differ.
enum ConstantTime {
    static func equal(_ a: String, _ b: String) -> Bool {
        // Hashes first: then not even the lengths of what is compared differ.
        let left = SHA256.hash(data: Array(a.utf8))
        let right = SHA256.hash(data: Array(b.utf8))
        var difference: UInt8 = 0
        for (x, y) in zip(left, right) { difference |= x ^ y }
        return difference == 0
    }
}

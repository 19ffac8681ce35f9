package import Core

/// What a request to a bot's callback is, once it has proved to be the platform's.
package enum FeishuCallback: Sendable {
    /// The platform wants to know whether the address is ours: the text goes back.
    case challenge(String)
    case message(FeishuMessage, payload: JSONObject)
    /// An event that means nothing to a bot that answers: of another type, by another bot, or in a group without a mention.
    case ignored

    /// Unsigned events may be sent again for this long, in seconds; events older than the queue remembers are refused, so
    /// that one that was overheard cannot be played again.
    private static let oldestUnsigned: Int64 = 8 * 3600 - 300

    /// Reads and verifies a request.
    ///
    /// - Parameters:
    ///   - body: as it came, since the signature is over these bytes.
    ///   - now: for the window of timestamps.
    package static func read(
        _ body: [UInt8], _ headers: HeaderFields, for config: FeishuConfig, at now: Timestamp
    ) throws(FeishuRefusal) -> FeishuCallback {
        let document = try document(body, headers, config, now)
        if document["type"]?.string == "url_verification" {
            try checkToken(document["token"]?.string, config)
            guard let challenge = document["challenge"]?.string, challenge.utf8.count <= 1024 else { throw .form }
            return .challenge(challenge)
        }
        let header = document["header"]?.object
        try checkToken(header?["token"]?.string ?? document["token"]?.string, config)
        let app = header?["app_id"]?.string ?? document["event"]?.object?["app_id"]?.string
        guard let app, ConstantTime.equal(app, config.appID) else { throw .app }
        let payload = withoutSecrets(document)
        guard let message = try FeishuEventReader(payload).message() else { return .ignored }
        guard message.sentAt.seconds >= now.seconds - oldestUnsigned else { throw .timestamp }
        return message.isForBot ? .message(message, payload: payload) : .ignored
    }

    /// The event in clear.
    private static func document(
        _ body: [UInt8], _ headers: HeaderFields, _ config: FeishuConfig, _ now: Timestamp
    ) throws(FeishuRefusal) -> JSONObject {
        guard let outer = (try? JSONParser.parse(body))?.object else { throw .form }
        guard let key = config.encryptKey else {
            try FeishuSignature.checkTime(headers[FeishuSignature.timestampField], at: now)
            guard outer["encrypt"] == nil else { throw .ciphertext }
            return outer
        }
        // A check of the address comes encrypted, but not always signed.
        let isSigned = headers[FeishuSignature.field] != nil
        if isSigned { try FeishuSignature.check(body, headers, key: key, at: now) }
        guard let text = outer["encrypt"]?.string else { throw isSigned ? .form : .signature }
        guard let inner = (try? JSONParser.parse(try FeishuCipher.decrypt(text, key: key)))?.object else {
            throw .ciphertext
        }
        guard isSigned || inner["type"]?.string == "url_verification" else { throw .signature }
        return inner
    }

    private static func checkToken(_ given: String?, _ config: FeishuConfig) throws(FeishuRefusal) {
        guard let expected = config.verificationToken else { return }
        guard let given, ConstantTime.equal(given, expected) else { throw .token }
    }

    /// What may wait in the database: the token may not.
    private static func withoutSecrets(_ document: JSONObject) -> JSONObject {
        var document = document
        document["token"] = nil
        if var header = document["header"]?.object {
            header["token"] = nil
            document["header"] = .object(header)
        }
        return document
    }
}

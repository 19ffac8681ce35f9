internal import Core

/// The attempts of a call as they stand in its row: a JSON array, empty text for none.
///
/// An object has `latency`, and of `model`, `provider`, `region`, `status` and `code` what is not the call's own model and
/// provider, no region, 200, and no code. Nearly all calls are one attempt that went well, and a row should not be a
/// quarter longer for it.
enum AttemptList {
    private static let success = 200

    static func text(of call: CallRecord) -> String {
        guard !call.attempts.isEmpty else { return "" }
        var bytes: [UInt8] = []
        for attempt in call.attempts {
            bytes.append(ascii: bytes.isEmpty ? "[{" : ",{")
            if attempt.model != call.model { append("model", attempt.model, to: &bytes) }
            if attempt.provider != call.provider { append("provider", attempt.provider, to: &bytes) }
            if let region = attempt.region { append("region", region, to: &bytes) }
            if let code = attempt.code { append("code", code, to: &bytes) }
            if attempt.status != success { bytes.append(contentsOf: "\"status\":\(attempt.status),".utf8) }
            bytes.append(contentsOf: "\"latency\":\(attempt.latency)}".utf8)
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.appendJSON(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendJSON(value)
        bytes.append(UInt8(ascii: ","))
    }

    /// Whatever else stands there is no attempt.
    static func read(_ text: String, of call: CallRecord) -> [AttemptRecord] {
        guard !text.isEmpty, let value = try? JSONParser.parse(text) else { return [] }
        return (value.array ?? []).compactMap { element in
            guard let attempt = element.object, let latency = attempt["latency"]?.int else { return nil }
            return AttemptRecord(
                model: attempt["model"]?.string ?? call.model, provider: attempt["provider"]?.string ?? call.provider,
                region: attempt["region"]?.string, status: attempt["status"]?.int ?? success,
                code: attempt["code"]?.string, latency: latency)
        }
    }
}

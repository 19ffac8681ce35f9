internal import Core

/// A guardrail that the service applies to a call (conformance P12).
struct ConverseGuardrail: Sendable, Equatable {
    /// What the guardrail looks at: the whole conversation, or the text of the last user turn alone.
    enum Guards: String, CaseIterable { case all, last }

    private let fields: JSONObject
    let guards: Guards

    /// `{guardrailIdentifier, guardrailVersion, trace, streamProcessingMode, guards}`; 400 naming `<path>.<member>`.
    init(_ object: JSONObject, at path: String) throws(GatewayError) {
        let reader = BedrockConfigReader(object, at: path)
        try reader.refuseUnknown(
            known: ["guardrailIdentifier", "guardrailVersion", "trace", "streamProcessingMode", "guards"])
        guard let identifier = try reader.string("guardrailIdentifier") else {
            throw reader.fail("guardrailIdentifier", "is required")
        }
        guard Self.isIdentifier(identifier) else {
            throw reader.fail("guardrailIdentifier", "must be the id of a guardrail, or its ARN")
        }
        guard let version = try reader.string("guardrailVersion") else {
            throw reader.fail("guardrailVersion", "is required")
        }
        guard Self.isVersion(version) else {
            throw reader.fail("guardrailVersion", "must be a whole number from 1 to 99999999, or DRAFT")
        }
        try reader.word("trace", of: ["enabled", "disabled", "enabled_full"])
        try reader.word("streamProcessingMode", of: ["sync", "async"])
        try reader.word("guards", of: Guards.allCases.map(\.rawValue))
        guards = try reader.string("guards").flatMap { Guards(rawValue: $0) } ?? .all
        var fields: JSONObject = [:]
        for member in ["guardrailIdentifier", "guardrailVersion", "trace", "streamProcessingMode"] {
            if let text = try reader.string(member) { fields[member] = .string(text) }
        }
        self.fields = fields
    }

    /// The one for a call: the operator's, which a request cannot take away or change; else the request's own, which
    /// stands in its `guardrailConfig`.
    static func of(_ request: ChatRequest, config: BedrockConfig) throws(GatewayError) -> ConverseGuardrail? {
        let path = "guardrailConfig"
        guard let own = request.openAIBody?.present(path) else { return config.guardrail }
        guard let object = own.object else {
            throw .invalid("\(path): must be an object, not \(own.kind).", param: path)
        }
        let guardrail = try ConverseGuardrail(object, at: path)
        if let fixed = config.guardrail, fixed != guardrail {
            throw .invalid("\(path): this model's guardrail is set by its operator; leave it out.", param: path)
        }
        return guardrail
    }

    /// Only the stream operation has the mode of processing.
    func json(isStream: Bool) -> JSONObject {
        var object = fields
        if !isStream { object["streamProcessingMode"] = nil }
        return object
    }

    /// The service's pattern: lower case letters and digits, or an ARN that ends in such.
    private static func isIdentifier(_ text: String) -> Bool {
        guard text.utf8.count <= 2048 else { return false }
        guard text.hasPrefix("arn:") else { return isPlain(text) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[1] == "aws" || parts[1].hasPrefix("aws-"), parts[2] == "bedrock",
            (1...20).contains(parts[3].utf8.count), BedrockConfig.isRegion(String(parts[3])),
            parts[4].utf8.count == 12, parts[4].allSatisfy({ $0.isASCII && $0.isNumber }),
            parts[5].hasPrefix("guardrail/")
        else { return false }
        return isPlain(String(parts[5].dropFirst(10)))
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isNumber || $0.isLowercase) }
    }

    private static func isVersion(_ text: String) -> Bool {
        text == "DRAFT"
            || (1...8).contains(text.utf8.count) && text.first != "0" && text.allSatisfy { $0.isASCII && $0.isNumber }
    }
}

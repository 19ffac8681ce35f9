internal import Core
internal import EventLoop

/// The members of a management body, read one by one with errors that name the field, what it was, and what it must be.
///
/// A reader such as ``name(_:)`` takes a field that must be there. ``optional(_:_:)``, ``change(_:_:)`` and
/// ``clearable(_:_:)`` say what absence and `null` mean for it.
struct RequestFields {
    private let object: JSONObject

    /// - Parameters:
    ///   - known: the fields that the operation has. Any other is refused, so that a misspelt one is noticed.
    ///   - ignored: fields that are accepted and have no effect.
    ///   - remedies: what to do instead, for fields that others may expect here.
    init(
        _ object: JSONObject, known: [String], ignored: [String] = [], remedies: [String: String] = [:]
    ) throws(GatewayError) {
        for member in object.members where !known.contains(member.name) && !ignored.contains(member.name) {
            let name = String(member.name.prefix(100))
            let remedy = remedies[name] ?? "Known fields: \(known.joined(separator: ", "))."
            throw .invalid("Unknown field '\(name)'. \(remedy)", param: name, code: "unknown_field")
        }
        self.object = object
    }

    /// Whether the body has the field, if only as `null`.
    func has(_ name: String) -> Bool { object[name] != nil }

    func isNull(_ name: String) -> Bool { object[name]?.isNull ?? false }

    /// The field as it stands; 400 when it is missing.
    func value(_ name: String) throws(GatewayError) -> JSONValue {
        guard let value = object[name] else {
            throw .invalid("'\(name)' is required.", param: name, code: "missing_field")
        }
        return value
    }

    /// Nil when the field is missing or `null`.
    func optional<Value>(
        _ name: String, _ read: (String) throws(GatewayError) -> Value
    ) throws(GatewayError) -> Value? {
        object.present(name) == nil ? nil : try read(name)
    }

    /// Keeps what is stored when the field is missing.
    func change<Value>(
        _ name: String, _ read: (String) throws(GatewayError) -> Value
    ) throws(GatewayError) -> FieldChange<Value> {
        has(name) ? .set(try read(name)) : .keep
    }

    /// As ``change(_:_:)``, for a field that `null` clears.
    func clearable<Value>(
        _ name: String, _ read: (String) throws(GatewayError) -> Value
    ) throws(GatewayError) -> FieldChange<Value?> {
        has(name) ? .set(try optional(name, read)) : .keep
    }

    /// Those of these fields that the body has.
    func members(_ names: [String]) -> JSONObject {
        JSONObject(names.compactMap { name in object[name].map { (name, $0) } })
    }

    /// The error for a field of the wrong kind.
    func wrong(_ name: String, mustBe expected: String) -> GatewayError {
        let actual = object[name].map { ", not \($0.kind)" } ?? ""
        return .invalid("'\(name)' must be \(expected)\(actual).", param: name, code: "invalid_type")
    }
}

extension KeyedCall {
    /// Bodies larger than this are parsed on a helper thread.
    private static let inlineBytes = 64 * 1024

    /// Reads the body, which must be a JSON object with no other fields than these. The Content-Type is not looked at:
    /// there is only one that this can be.
    @LoopActor
    func fields(
        _ known: [String], ignored: [String] = [], remedies: [String: String] = [:]
    ) async throws(GatewayError) -> RequestFields {
        let bytes = try await exchange.body(limit: services.settings.managementBodyLimit)
        let parse: @Sendable () throws(JSONError) -> JSONValue = { () throws(JSONError) in
            try JSONParser.parse(bytes)
        }
        let document: JSONValue
        do throws(JSONError) {
            document = bytes.count <= Self.inlineBytes ? try parse() : try await HelperPool.shared.run(parse)
        } catch {
            throw .invalid("The body is not valid JSON: \(error.description).", code: "invalid_json")
        }
        guard let object = document.object else {
            throw .invalid("The body must be a JSON object, not \(document.kind).", code: "invalid_type")
        }
        return try RequestFields(object, known: known, ignored: ignored, remedies: remedies)
    }
}

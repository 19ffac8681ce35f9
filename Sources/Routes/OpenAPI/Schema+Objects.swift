internal import Core

/// Objects, and what this interface's objects are made of.
extension Schema {
    typealias Members = KeyValuePairs<String, Schema>

    /// A row of an answer: every member is there, save those in `optional`. Members may be added in later versions, so
    /// others are not forbidden.
    static func row(_ members: Members, optional: Set<String> = []) -> Schema {
        row(members.map { ($0.key, $0.value) }, optional: optional)
    }

    static func row(_ members: [(String, Schema)], optional: Set<String> = []) -> Schema {
        object(members, required: members.map(\.0).filter { !optional.contains($0) })
    }

    /// The body of a management request: members that it does not have are refused.
    static func body(_ members: Members, required: [String] = []) -> Schema {
        var schema = object(members.map { ($0.key, $0.value) }, required: required)
        schema = Schema(schema.json.adding("additionalProperties", false))
        return schema
    }

    /// The same, of objects that have at least one of these sets of members.
    func requiring(anyOf alternatives: [[String]]) -> Schema { demanding("anyOf", alternatives) }

    /// The same, of objects that have exactly one of these members.
    func requiring(oneOf members: [String]) -> Schema { demanding("oneOf", members.map { [$0] }) }

    private func demanding(_ keyword: String, _ alternatives: [[String]]) -> Schema {
        let required = alternatives.map { names in JSONValue.array(names.map { .string($0) }) }
        return Schema(json.adding(keyword, .array(required.map { ["required": $0] })))
    }

    /// An object of somebody else's interface: it may have more members than these.
    static func open(_ members: Members, required: [String] = []) -> Schema {
        open(members.map { ($0.key, $0.value) }, required: required)
    }

    static func open(_ members: [(String, Schema)], required: [String] = []) -> Schema {
        Schema(object(members, required: required).json.adding("additionalProperties", true))
    }

    private static func object(_ members: [(String, Schema)], required: [String]) -> Schema {
        var json: JSONObject = [
            "type": "object", "properties": .object(JSONObject(members.map { ($0, .object($1.json)) })),
        ]
        if !required.isEmpty { json["required"] = .array(required.map { .string($0) }) }
        return Schema(json)
    }

    /// A row's number.
    static let id = integer(1...Int.max)
    /// A row's number in a request, where its text does as well.
    static let idOrText = any(of: [id, string(1...19, pattern: "^[1-9][0-9]*$")])
    /// US dollars; exact to 9 fractional digits.
    static let money = number().described("US dollars, exact to 9 fractional digits.")
    /// US dollars in a request, 0 or more.
    static let amount = number(0...1_000_000_000).described("US dollars with at most 9 fractional digits.")
    static let time = Schema(["type": "string", "format": "date-time"])
    /// A time in a request: with any offset, or a bare date.
    static let givenTime = any(of: [time, Schema(["type": "string", "format": "date"])]).described(
        "An ISO-8601 time with its offset from UTC (2026-12-31T23:59:59Z), or a date (2026-12-31).")
    static let count = integer(0...Int.max)
    static let text = string()
    /// A name in a request.
    static let name = string(
        1...200, pattern: "^[^\\u0000-\\u0020\\u007f-\\u00a0][^\\u0000-\\u001f\\u007f-\\u009f]{0,199}$"
    ).described(
        "1 to 200 characters without control characters; white space around it is removed.")
}

extension JSONObject {
    fileprivate func adding(_ name: String, _ value: JSONValue) -> JSONObject {
        var object = self
        object[name] = value
        return object
    }
}

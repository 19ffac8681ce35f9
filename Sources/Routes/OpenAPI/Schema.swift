internal import Core

/// A JSON Schema (draft 2020-12, which OpenAPI 3.1 takes as it is).
struct Schema: Sendable {
    private(set) var json: JSONObject

    init(_ json: JSONObject) { self.json = json }

    /// A schema by its name in ``OpenAPIComponents``.
    static func named(_ name: String) -> Schema { Schema(["$ref": .string("#/components/schemas/\(name)")]) }

    static let boolean = Schema(["type": "boolean"])
    static let any = Schema([:])

    /// A text; the length is in characters.
    static func string(_ length: ClosedRange<Int>? = nil, pattern: String? = nil) -> Schema {
        var json: JSONObject = ["type": "string"]
        if let length {
            if length.lowerBound > 0 { json["minLength"] = .int(length.lowerBound) }
            if length.upperBound < .max { json["maxLength"] = .int(length.upperBound) }
        }
        if let pattern { json["pattern"] = .string(pattern) }
        return Schema(json)
    }

    static func constant(_ value: JSONValue) -> Schema { Schema(["const": value]) }

    static func one(of values: [String]) -> Schema {
        Schema(["type": "string", "enum": .array(values.map { .string($0) })])
    }

    static func integer(_ range: ClosedRange<Int>? = nil) -> Schema {
        var json: JSONObject = ["type": "integer"]
        if let range {
            json["minimum"] = .int(range.lowerBound)
            json["maximum"] = .int(range.upperBound)
        }
        return Schema(json)
    }

    static func number(_ range: ClosedRange<Int>? = nil) -> Schema {
        var schema = integer(range)
        schema.json["type"] = "number"
        return schema
    }

    static func array(of element: Schema, _ count: ClosedRange<Int>? = nil) -> Schema {
        var json: JSONObject = ["type": "array", "items": .object(element.json)]
        if let count {
            if count.lowerBound > 0 { json["minItems"] = .int(count.lowerBound) }
            if count.upperBound < .max { json["maxItems"] = .int(count.upperBound) }
        }
        return Schema(json)
    }

    static func any(of schemas: [Schema]) -> Schema {
        Schema(["anyOf": .array(schemas.map { .object($0.json) })])
    }

    /// The same, or `null`.
    var orNull: Schema {
        var json = json
        guard let type = json["type"], json["enum"] == nil else { return .any(of: [self, Schema(["type": "null"])]) }
        json["type"] = [type, "null"]
        return Schema(json)
    }

    func described(_ text: String) -> Schema { with("description", .string(text)) }

    func defaulting(to value: JSONValue) -> Schema { with("default", value) }

    func example(_ value: JSONValue) -> Schema { with("examples", [value]) }

    private func with(_ name: String, _ value: JSONValue) -> Schema {
        var json = json
        json[name] = value
        return Schema(json)
    }
}

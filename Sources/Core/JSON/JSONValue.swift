/// A JSON document (RFC 8259) that loses nothing on its way through: members keep their order, numbers their digits.
///
/// Own code rather than a library's because translating JSON is what a gateway does for each streamed chunk, prices
/// must never pass through a binary fraction, and tool schemas must reach the model as they were written (ADR 3).
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }
    package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// The whole number that this is, also when written `3.0` or `3e2`; nil when it is none or exceeds 64 bits.
    package var int: Int? { number?.int }

    /// What a reader would call it in an error message: `a string`, `an object`.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
    package init(nilLiteral: ()) { self = .null }

    package static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    package static func int(_ value: Int64) -> JSONValue { .number(JSONNumber(Int(value))) }
    /// `null` for nil.
    package static func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    package static func optional(_ value: Int?) -> JSONValue { value.map { .int($0) } ?? .null }
}

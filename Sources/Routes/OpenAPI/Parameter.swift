internal import Core

/// A parameter of the query, the path or the header. An empty value of a query counts as absent.
struct Parameter: Sendable {
    enum Place: String, Sendable {
        case query
        case path
        case header
    }

    let name: String
    let place: Place
    let schema: Schema
    var isRequired = false
    var description: String?

    static func query(_ name: String, _ schema: Schema, _ description: String? = nil) -> Parameter {
        Parameter(name: name, place: .query, schema: schema, description: description)
    }

    static func required(_ name: String, _ schema: Schema, _ description: String? = nil) -> Parameter {
        Parameter(name: name, place: .query, schema: schema, isRequired: true, description: description)
    }

    static func path(_ name: String, _ schema: Schema, _ description: String? = nil) -> Parameter {
        Parameter(name: name, place: .path, schema: schema, isRequired: true, description: description)
    }

    static let id = path("id", .id)
    /// A text to search for, or to compare with.
    static func text(_ name: String, _ description: String? = nil) -> Parameter {
        query(name, .string(0...1000), description)
    }

    static func rowID(_ name: String, _ description: String? = nil) -> Parameter { query(name, .id, description) }
    static let from = query("from", .givenTime, "The earliest time, inclusive.")
    static let to = query("to", .givenTime, "The latest time, exclusive.")

    /// Which part of a list.
    static let part = [
        query("limit", .integer(1...1000).defaulting(to: 20), "How many rows."),
        query("offset", .integer(0...1_000_000_000_000).defaulting(to: 0), "How many rows to skip."),
    ]

    /// Which part of a list, in which order.
    static func page(orderedBy columns: [String]) -> [Parameter] {
        let orders = columns + columns.map { "-\($0)" }
        return part + [
            query("order_by", .one(of: orders), "A column, `-` in front for descending; newest first without it.")
        ]
    }

    var json: JSONValue {
        var json: JSONObject = [
            "name": .string(name), "in": .string(place.rawValue), "required": .bool(isRequired),
            "schema": .object(schema.json),
        ]
        if let description { json["description"] = .string(description) }
        return .object(json)
    }
}

internal import Core

/// The answers that are errors: which a route can have, and what they look like.
enum OpenAPIErrors {
    /// Trouble of the gateway, of storage, of a provider or of nginx, by one name for all of their statuses.
    private static let trouble = "5XX"

    private static let meanings: KeyValuePairs<String, String> = [
        "400": "The request cannot be used; `param` names the field at fault.",
        "401": "No key, an unknown one, or one that is not in force.",
        "403": "The key or the address may not do this.",
        "404": "There is no such row or model.",
        "409": "The name is taken, the row was changed meanwhile, or the change would lock out the key that makes it.",
        "413": "The body is too large.", "414": "The address of the request is too long.",
        "429": "A limit of the key is reached or nothing is left on it.",
        "5XX": "Trouble of the gateway, its storage, a provider or nginx.",
    ]

    /// Statuses of the errors that a route can answer, in ascending order.
    static func statuses(of route: Route, _ operation: Operation) -> [String] {
        // nginx refuses a head that it cannot read for any route.
        var statuses: Set<Int> = [400, 414]
        switch route.access {
        case .open: break
        case .key: statuses.insert(401)
        case .admin: statuses.formUnion([401, 403])
        }
        if !operation.body.isEmpty { statuses.insert(413) }
        statuses.formUnion(operation.errors)
        return statuses.sorted().map(String.init) + [trouble]
    }

    /// The reference to the error of a route with this status.
    static func reference(_ status: String, _ dialect: Dialect) -> JSONValue {
        ["$ref": .string("#/components/responses/\(name(status, dialect))")]
    }

    /// `components.responses`.
    static var components: JSONObject {
        var components = JSONObject()
        for (status, meaning) in meanings {
            for dialect in [Dialect.openAI, .anthropic, .management] {
                components[name(status, dialect)] = .object(response(status, meaning, dialect))
            }
        }
        return components
    }

    private static func name(_ status: String, _ dialect: Dialect) -> String {
        schema(dialect) + status
    }

    private static func schema(_ dialect: Dialect) -> String {
        switch dialect {
        case .openAI: "Error"
        case .anthropic: "MessageError"
        case .management: "ManagementError"
        }
    }

    private static func response(_ status: String, _ meaning: String, _ dialect: Dialect) -> JSONObject {
        let schema = Schema.named(schema(dialect))
        var headers = OperationDescription.headers
        if status == "429" {
            headers["Retry-After"] = ["description": "Seconds.", "schema": .object(Schema.count.json)]
        }
        return [
            "description": .string(meaning), "headers": .object(headers),
            "content": ["application/json": ["schema": .object(schema.json)]],
        ]
    }
}

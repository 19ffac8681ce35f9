internal import Core

/// The OpenAPI 3.1 document of a table of routes.
///
/// Methods, paths, access and the errors that come with these are taken from the table, so that they cannot differ from
/// it; the rest from ``OperationCatalog``. https://spec.openapis.org/oas/v3.1.1
struct OpenAPIDocument {
    let routes: [Route]

    var json: JSONValue {
        var paths = JSONObject()
        for (area, operations) in OperationCatalog.areas {
            for (name, operation) in operations {
                // What the catalog has and the table lacks does not exist. A test reports it.
                guard let route = routes.first(where: { Self.name($0) == name }) else { continue }
                let path = Self.path(route.pattern.description)
                var item = paths[path]?.object ?? JSONObject()
                item[route.method.lowercased()] = .object(OperationDescription(route, operation, area).json)
                paths[path] = .object(item)
            }
        }
        return [
            "openapi": "3.1.0", "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
            "info": [
                "title": "Brook", "version": "1", "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
                "description": .string(Self.introduction),
            ],
            "servers": [["url": "/"]],
            "tags": .array(OperationCatalog.areas.map { ["name": .string($0.key)] }),
            "paths": .object(paths), "components": .object(Self.components),
        ]
    }

    /// As ``OperationCatalog`` names a route.
    static func name(_ route: Route) -> String { "\(route.method) \(route.pattern)" }

    /// OpenAPI has no placeholder for several segments; a client escapes what stands in one.
    static func path(_ pattern: String) -> String { pattern.replacing("...}", with: "}") }

    private static let introduction = """
        An LLM gateway: OpenAI's API under /v1, a management API under /admin, what a key may read of its own under /user. \
        An empty value of a query counts as absent, and unknown names in a query are ignored. GET routes answer HEAD too. \
        Answers may get members in later versions.
        """

    private static var components: JSONObject {
        [
            "schemas": .object(JSONObject(OpenAPIComponents.schemas.map { ($0.key, .object($0.value.json)) })),
            "responses": .object(OpenAPIErrors.components),
            "headers": [
                "RequestID": [
                    "description": "The id of the request, also in the log and in the record of the call.",
                    "schema": .object(Schema.text.json),
                ]
            ],
            "securitySchemes": [
                "bearer": ["type": "http", "scheme": "bearer"],
                "header": ["type": "apiKey", "in": "header", "name": "x-api-key"],
            ],
        ]
    }
}

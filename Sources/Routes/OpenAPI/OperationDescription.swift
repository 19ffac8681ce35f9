internal import Core

/// OpenAPI's operation object: a route of the table, with what the catalog says of it.
struct OperationDescription {
    private let route: Route
    private let operation: Operation
    private let area: String

    init(_ route: Route, _ operation: Operation, _ area: String) {
        self.route = route
        self.operation = operation
        self.area = area
    }

    /// The header fields of every answer.
    static let headers: JSONObject = ["x-request-id": ["$ref": "#/components/headers/RequestID"]]

    var json: JSONObject {
        var json: JSONObject = [
            "operationId": .string(identifier), "summary": .string(operation.summary), "tags": [.string(area)],
        ]
        if let description = operation.description { json["description"] = .string(description) }
        json["security"] = route.access == .open ? [] : [["bearer": []], ["header": []]]
        if !operation.parameters.isEmpty { json["parameters"] = .array(operation.parameters.map(\.json)) }
        if !operation.body.isEmpty {
            json["requestBody"] = ["required": true, "content": .object(content(operation.body))]
        }
        json["responses"] = .object(responses)
        return json
    }

    /// `getAdminApiKeyDetailById`.
    private var identifier: String {
        let words = OpenAPIDocument.path(route.pattern.description)
            .split { $0 == "/" || $0 == "-" || $0 == "." }
            .map { $0.hasPrefix("{") ? "By" + capitalized($0.dropFirst().dropLast()) : capitalized($0) }
        return route.method.lowercased() + words.joined()
    }

    private func capitalized(_ word: Substring) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    private var responses: JSONObject {
        var responses: JSONObject = ["200": .object(success)]
        for (status, schema) in operation.others.sorted(by: { $0.key < $1.key }) {
            responses[String(status)] = [
                "description": "It does not.", "headers": .object(Self.headers),
                "content": .object(content([.json(schema)])),
            ]
        }
        let dialect = Dialect(path: route.pattern.description)
        for status in OpenAPIErrors.statuses(of: route, operation) {
            responses[status] = OpenAPIErrors.reference(status, dialect)
        }
        return responses
    }

    private var success: JSONObject {
        let bodies =
            switch operation.success {
            case .data(let data): [Operation.Content.json(.row(["success": .constant(true), "data": data]))]
            case .bodies(let bodies): bodies
            }
        return ["description": "Done.", "headers": .object(Self.headers), "content": .object(content(bodies))]
    }

    private func content(_ contents: [Operation.Content]) -> JSONObject {
        JSONObject(contents.map { ($0.type, ["schema": .object($0.schema.json)]) })
    }
}
